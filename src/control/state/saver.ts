/** Writes what must outlive the process whenever it has changed. */
import { errorFields, type Log } from "#base/log.ts";
import type { State, StateFile } from "./file.ts";

/** Where it is written, and what is there. */
export interface SaverOptions {
  /** Nothing is written when there is none. */
  readonly stateFile: StateFile | undefined;
  /** What an earlier process left. */
  readonly state: State;
  readonly log: Log;
}

/** Gives a function that writes the current state when it differs from what was written last. */
export function createSaver({ stateFile, state, log }: SaverOptions, current: () => State): () => void {
  let saved = JSON.stringify(state);
  return () => {
    if (!stateFile) return;
    const now = current();
    const text = JSON.stringify(now);
    if (text === saved) return;
    saved = text;
    stateFile.write(now).catch((error: unknown) => {
      saved = "";
      log("error", "the state directory cannot be written", errorFields(error));
    });
  };
}
