/**
 * Reads one file of bounded size, without ever blocking on something that is no file.
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readlinkSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { formatBytes } from "../manifests/plain.ts";
import { describeFailure, isMissing } from "./failure.ts";

/** What a file held, that it is not there, why it cannot be read, or that it is the same as it was. */
export type FileContent =
  | { readonly kind: "read"; readonly bytes: Uint8Array; readonly signature: string }
  | { readonly kind: "missing" }
  | { readonly kind: "failed"; readonly code: "files/unreadable" | "files/too-large"; readonly message: string }
  | { readonly kind: "same" };

/** What is read at most, and what need not be read. */
export interface ReadBounds {
  readonly fileBytes: number;
  /** Takes so many bytes, of what all files together may have, for this file; false when there are not that many. */
  readonly reserve: (bytes: number) => boolean;
  /** A file of this signature is the same as it was. */
  readonly unless?: string | undefined;
}

// Opening a named pipe would wait for a writer.
const flags = constants.O_RDONLY | constants.O_NONBLOCK;

/** Reads a file; the signature changes when the file does. */
export async function readContent(path: string, bounds: ReadBounds): Promise<FileContent> {
  try {
    const file = await open(path, flags);
    try {
      const stats = await file.stat({ bigint: true });
      const signature = signatureOf(stats);
      if (signature === bounds.unless) return { kind: "same" };
      if (!stats.isFile()) return { kind: "failed", code: "files/unreadable", message: "it is not a regular file" };
      const problem = sizeProblem(Number(stats.size), bounds);
      return problem ?? { kind: "read", bytes: await readAll(file, Number(stats.size)), signature };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return { kind: "missing" };
    return { kind: "failed", code: "files/unreadable", message: describeFailure(error) };
  }
}

/** What is not larger is read sooner than another thread could be woken to read it. */
const atOnceBytes = 256 * 1024;

/** Reads a small file while everything else waits; gives nothing where there is none, or anything else. */
export function readAtOnce(path: string, bounds: ReadBounds): FileContent | undefined {
  try {
    const file = openSync(path, flags | constants.O_NOFOLLOW);
    try {
      // A link may have taken the place of a directory above it.
      if (readlinkSync(`/proc/self/fd/${file}`) !== path) return undefined;
      const stats = fstatSync(file, { bigint: true });
      const size = Number(stats.size);
      if (!stats.isFile() || size === 0 || size > atOnceBytes) return undefined;
      const problem = sizeProblem(size, bounds);
      if (problem) return problem;
      return { kind: "read", bytes: readInto(Buffer.allocUnsafe(size), file), signature: signatureOf(stats) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    // Whoever looks closer tells people why.
    describeFailure(error);
    return undefined;
  }
}

/** What a file holds, but no more than there is room for. */
export function readInto(bytes: Buffer, file: number): Buffer {
  let filled = 0;
  while (filled < bytes.length) {
    const read = readSync(file, bytes, filled, bytes.length - filled, null);
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

/** What a file holds, in one step where it has as many bytes as it says: each step wakes a thread. */
async function readAll(file: FileHandle, size: number): Promise<Uint8Array> {
  // Some file systems make up what they are asked for, and say nothing of its size.
  if (size === 0) return file.readFile();
  const bytes = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(bytes, filled, size - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** Reads a stream, such as standard input, to its end. */
export async function readStream(stream: AsyncIterable<Uint8Array>, bounds: ReadBounds): Promise<FileContent> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.byteLength;
      const problem = sizeProblem(size, bounds);
      if (problem !== undefined) return problem;
      chunks.push(chunk);
    }
  } catch (error) {
    return { kind: "failed", code: "files/unreadable", message: describeFailure(error) };
  }
  return { kind: "read", bytes: Buffer.concat(chunks), signature: "stream" };
}

/** What tells one state of a file from another. */
export function signatureOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}

function sizeProblem(size: number, bounds: ReadBounds): FileContent | undefined {
  const code = "files/too-large";
  if (size > bounds.fileBytes) {
    return {
      kind: "failed",
      code,
      message: `it has more than the ${formatBytes(bounds.fileBytes)} that a file may have`,
    };
  }
  if (bounds.reserve(size)) return undefined;
  return { kind: "failed", code, message: "all files together are larger than what is read" };
}
