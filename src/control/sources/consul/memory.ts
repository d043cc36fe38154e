/**
 * What Consul said last, in a file beside the sockets, where it lasts as long as Envoy runs: a control process that is
 * started again while Consul is away must not take from Envoy the endpoints that it has.
 */

import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "#base/error-code.ts";
import type { ConsulAnswer } from "#compiler";

/** The memory of the last answers. */
export interface ConsulMemory {
  /** What an earlier process knew, by key. */
  readonly remembered: ReadonlyMap<string, ConsulAnswer>;
  note(key: string, answer: ConsulAnswer | undefined): void;
  /** Resolves when everything that was noted is written. */
  close(): Promise<void>;
}

/** Instances may change many times a second, and the file holds those of all services. */
const collectMs = 500;

/** Opens the memory; `onFailure` is told when it cannot be read or written, and then it is as if there were none. */
export async function openConsulMemory(directory: string, onFailure: (error: unknown) => void): Promise<ConsulMemory> {
  const path = join(directory, "consul.json");
  const remembered = await read(path).catch((error: unknown) => {
    onFailure(error);
    return new Map<string, ConsulAnswer>();
  });
  const known = new Map(remembered);
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    const text = JSON.stringify(Object.fromEntries(known));
    writing = writing.then(() => replace(path, text)).catch(onFailure);
  }

  return {
    remembered,
    note(key, answer) {
      // Trouble passes; what is remembered is where instances were.
      if (answer?.endpoints === undefined) known.delete(key);
      else known.set(key, { endpoints: answer.endpoints });
      timer ??= setTimeout(write, collectMs);
    },
    async close() {
      if (timer) write();
      await writing;
    },
  };
}

async function read(path: string): Promise<Map<string, ConsulAnswer>> {
  try {
    return new Map(Object.entries(JSON.parse(await readFile(path, "utf8")) as Record<string, ConsulAnswer>));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return new Map();
    throw error;
  }
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
