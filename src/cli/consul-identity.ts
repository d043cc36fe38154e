/** Who asks Consul, from the environment variables that Consul's own clients read. */

import { readFileSync } from "node:fs";
import { errorCode } from "#base/error-code.ts";
import type { ConsulIdentity } from "../control/sources/consul/consul.ts";
import { CannotRun } from "./cannot-run.ts";

/** The token and the authorities that the environment gives. */
export function consulIdentity({ CONSUL_HTTP_TOKEN: token, CONSUL_CACERT: file }: NodeJS.ProcessEnv): ConsulIdentity {
  if (token && !/^[\x21-\x7e]+$/.test(token)) throw new CannotRun("CONSUL_HTTP_TOKEN: it cannot be a token.");
  return { ...(token ? { token } : {}), ...(file ? { authorities: readAuthorities(file) } : {}) };
}

function readAuthorities(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CannotRun(`CONSUL_CACERT: ${file}: ${errorCode(error) ?? "it cannot be read"}.`);
  }
}
