/**
 * A file whose content is replaced by somebody else (a token, a certificate): read again when it may have changed, and
 * never a file without bounds. A file without content is one that is being written: it says nothing.
 */

import { open } from "node:fs/promises";
import { errorCode } from "#base/error-code.ts";
import { AccessUnavailable } from "./access.ts";

/** A file that is read as often as needed. */
export interface CachedFile {
  /** Its text, at most a minute old, or older while the file is empty; rejects with {@link AccessUnavailable}. */
  text(): Promise<string>;
  /** The text is no good any more. */
  drop(): void;
}

const freshMs = 60_000;
const maxBytes = 1 << 20;

/** The file at a path; `what` it is stands in messages. */
export function cachedFile(path: string, what: string, now: () => number = () => performance.now()): CachedFile {
  let known: { readonly text: string; readonly at: number } | undefined;
  return {
    async text() {
      if (known && now() - known.at < freshMs) return known.text;
      const text = await readText(path, what);
      if (text.trim() !== "") known = { text, at: now() };
      // Whoever asks with an empty credential asks as nobody, who may read nothing.
      else if (!known) throw new AccessUnavailable(`${what}: ${path} is empty.`);
      return known.text;
    },
    drop() {
      known = undefined;
    },
  };
}

/** The text of a file of at most 1 MiB. */
export async function readText(path: string, what: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > maxBytes) throw new AccessUnavailable(`${what}: ${path} has more than 1 MiB.`);
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new AccessUnavailable(`${what}: ${path} cannot be read (${code}).`, { cause: error });
  }
}
