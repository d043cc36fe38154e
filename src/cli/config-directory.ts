/** What `dragoman run` reads when it is given no path: where the old system's containers had their manifests. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { CannotRun } from "./cannot-run.ts";

/** The directory, which must be there. */
export function configDirectory(env: NodeJS.ProcessEnv): string {
  const base = env["AMBASSADOR_CONFIG_BASE_DIR"] || "/ambassador";
  const directory = env["AMBASSADOR_CONFIG_DIR"] || join(base, "ambassador-config");
  if (statSync(directory, { throwIfNoEntry: false })) return directory;
  throw new CannotRun(`name files or directories to run: there is no "${directory}", where they would be by default.`);
}
