/** Where the admin interface listens, and where Envoy finds it. */
import { isIP, isIPv6 } from "node:net";
import type { Settings } from "#compiler";
import { CannotRun } from "./cannot-run.ts";
import { parsePort } from "./settings.ts";

/** Flags about the admin interface. */
export interface AdminFlags {
  readonly adminPort?: string;
  readonly adminAddress?: string;
}

/** A port to listen on, and what of it manifests are compiled with. */
export interface AdminPlace {
  readonly address: string;
  readonly port: number;
  readonly settings: Pick<Settings, "adminAddress">;
}

/** The place, or undefined where none is asked for; fails with one sentence. */
export function adminFrom({ adminPort, adminAddress: address = "127.0.0.1" }: AdminFlags): AdminPlace | undefined {
  if (isIP(address) === 0) throw new CannotRun(`--admin-address: "${address}" is not an IP address.`);
  if (adminPort === undefined) return undefined;
  const port = parsePort(adminPort, "--admin-port");
  return { address, port, settings: { adminAddress: `${nearby(address)}:${port}` } };
}

/** The same for Envoy, which calls it from this machine. */
function nearby(address: string): string {
  if (/^[0:.]+$/.test(address)) return "127.0.0.1";
  return isIPv6(address) ? `[${address}]` : address;
}
