/**
 * What must outlive the process: the last good versions of objects that are bad now, and what Envoy refused.
 * One file, readable by its owner only, replaced as a whole.
 */

import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "#base/error-code.ts";
import { isFields } from "#base/fields.ts";
import type { LastGood, Refusal } from "#compiler";
import { isLastGood, isRefusal } from "./entry.ts";

/** The file's content; keys are `refKey`s. */
export interface State {
  readonly lastGood: Readonly<Record<string, LastGood>>;
  readonly refusals: Readonly<Record<string, Refusal>>;
}

/** Reads and replaces the file. */
export interface StateFile {
  /** Empty when there is none. One that cannot be understood is set aside, and `say` is told. */
  read(say: (message: string) => void): Promise<State>;
  /** Writes are done one after the other; of those that wait only the newest is done. */
  write(state: State): Promise<void>;
}

/** A state file in a directory, which is made when it is needed. */
export function openStateFile(directory: string): StateFile {
  const path = join(directory, "state.json");
  let next: State | undefined;
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (next) {
      const text = JSON.stringify(next);
      next = undefined;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await replace(path, text);
    }
  }

  return {
    async read(say) {
      let text: string;
      try {
        text = await readFile(path, "utf8");
      } catch (error) {
        if (errorCode(error) === "ENOENT") return nothing;
        throw error;
      }
      const state = parse(text);
      if (state) return state;
      await rename(path, `${path}.bad`);
      say(`${path} is damaged: last good versions of objects are lost, and it is now ${path}.bad`);
      return nothing;
    },
    write(state) {
      next = state;
      writing ??= writeAll().finally(() => {
        writing = undefined;
      });
      return writing;
    },
  };
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  await using file = await open(temporary, "w", 0o600);
  await file.chmod(0o600);
  await file.writeFile(text);
  await file.sync();
  await rename(temporary, path);
}

const nothing: State = { lastGood: {}, refusals: {} };

function parse(text: string): State | undefined {
  try {
    const { lastGood, refusals } = JSON.parse(text) as Partial<State>;
    if (!isFields(lastGood) || !isFields(refusals)) return undefined;
    const isWhole = Object.values(lastGood).every(isLastGood) && Object.values(refusals).every(isRefusal);
    return isWhole ? { lastGood, refusals } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
