/** Where a run keeps what must outlive it, when nobody has said: one directory for each set of manifests. */
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The directory for these paths; none for standard input, which is different every time. */
export function stateDirectory(paths: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  if (paths.includes("-")) return undefined;
  const name = createHash("sha256")
    .update(JSON.stringify(paths.map((path) => resolve(path))))
    .digest("hex");
  const parent = env["XDG_STATE_HOME"] || join(homedir(), ".local", "state");
  return join(parent, "dragoman", name.slice(0, 16));
}
