/**
 * What must outlive the process: the last good versions of objects that are bad now, and what Envoy refused.
 * One file, readable by its owner only, replaced as a whole.
 */
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { LastGood, Refusal } from "#compiler";

/** The file's content; keys are `refKey`s. */
export interface State {
  readonly lastGood: Readonly<Record<string, LastGood>>;
  readonly refusals: Readonly<Record<string, Refusal>>;
}

/** Reads and replaces the file. */
export interface StateFile {
  /** Undefined when there is none; throws when there is one that cannot be understood. */
  read(): Promise<State | undefined>;
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
    async read() {
      try {
        return parse(await readFile(path, "utf8"), path);
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }
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

function parse(text: string, path: string): State {
  try {
    const { lastGood = {}, refusals = {} } = JSON.parse(text) as Partial<State>;
    return { lastGood, refusals };
  } catch (error) {
    throw new Error(`${path} is not a state file of Dragoman`, { cause: error });
  }
}
