/** The paths of a command, looked at before anything is started. */
import { statSync } from "node:fs";
import { CannotRun } from "./cannot-run.ts";

/** Fails with one sentence for the first path that is not there. */
export function checkPaths(paths: readonly string[]): void {
  for (const path of paths) {
    if (path !== "-" && !statSync(path, { throwIfNoEntry: false })) {
      throw new CannotRun(`there is no file or directory "${path}".`);
    }
  }
}
