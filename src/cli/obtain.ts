/** The Envoy of a command, or one sentence why there is none. */
import { type Envoy, EnvoyUnavailable, obtainEnvoy } from "../keeper/envoy-binary.ts";
import { CannotRun } from "./cannot-run.ts";
import { writeError } from "./output.ts";

/** Finds the one that `--envoy` names, or another one, and says what takes long. */
export async function obtain(option: string | undefined): Promise<Envoy> {
  try {
    return await obtainEnvoy({ option, say: (line) => writeError(`${line}\n`) });
  } catch (error) {
    throw error instanceof EnvoyUnavailable ? new CannotRun(error.message) : error;
  }
}
