/**
 * The texts of files, read again when somebody asks for a position: keeping them all would double what the files take.
 */
import { readFileSync, statSync } from "node:fs";
import { decodeText } from "../manifests/text.ts";
import { describeFailure } from "./failure.ts";
import { type FileContent, signatureOf } from "./read-file.ts";

/** Texts by the name that people see. */
export interface TextCache {
  put(name: string, path: string, content: FileContent): void;
  /** The text as it was when it was put; undefined when the file has changed since. */
  get(name: string): string | undefined;
}

/** An empty cache. What comes from a stream is kept, because it cannot be read again. */
export function createTextCache(): TextCache {
  const sources = new Map<string, { readonly path: string; readonly signature: string; readonly bytes?: Uint8Array }>();
  const texts = new Map<string, string>();
  return {
    put(name, path, content) {
      texts.delete(name);
      if (content.kind === "missing") sources.delete(name);
      if (content.kind !== "read") return;
      const { signature, bytes } = content;
      sources.set(name, { path, signature, ...(path === "-" ? { bytes } : {}) });
    },
    get(name) {
      const source = sources.get(name);
      if (source === undefined) return undefined;
      const cached = texts.get(name);
      if (cached !== undefined) return cached;
      const bytes = source.bytes ?? readUnchanged(source.path, source.signature);
      if (bytes === undefined) return undefined;
      const { text } = decodeText(bytes);
      if (texts.size >= maxTexts) texts.clear();
      texts.set(name, text);
      return text;
    },
  };
}

const maxTexts = 4;

function readUnchanged(path: string, signature: string): Uint8Array | undefined {
  try {
    return signatureOf(statSync(path, { bigint: true })) === signature ? readFileSync(path) : undefined;
  } catch (error) {
    // The position is then that of the document alone; why the file is gone is told by whoever watches it.
    describeFailure(error);
    return undefined;
  }
}
