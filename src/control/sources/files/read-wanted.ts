/**
 * Reads a file that manifests name, such as a certificate's, from the directories that the operator allows and from
 * nowhere else: of any other path not even its existence is told. Such files are small and local, so each is read at
 * once, and nothing is compiled or served in between.
 */
import { closeSync, constants, fstatSync, openSync, realpathSync } from "node:fs";
import { isAbsolute, join, normalize, sep } from "node:path";
import type { FileContent } from "#compiler";
import { formatBytes } from "../manifests/plain.ts";
import { describeFailure, isMissing } from "./failure.ts";
import { readInto } from "./read-file.ts";

/** What such a file may have: a revocation list is the largest of them. */
const maxBytes = 4 << 20;

/** Where a path may lead: the directory that allows it, and the place there. */
export interface Candidate {
  readonly directory: string;
  readonly path: string;
}

/** The places that a path may mean, in order. A relative one is looked for in every directory. */
export function candidatesOf(path: string, directories: readonly string[]): readonly Candidate[] {
  if (path === "" || path.includes("\0")) return [];
  const places = directories.map((directory) => ({
    directory,
    path: isAbsolute(path) ? normalize(path) : join(directory, path),
  }));
  return places.filter((place) => isInside(place.path, place.directory));
}

/** Reads what a path means. */
export function readWanted(path: string, directories: readonly string[]): FileContent {
  const found = candidatesOf(path, directories).map(readCandidate);
  if (found.length === 0) return outside;
  return found.find((content) => content !== "missing") ?? unusable("there is no such file");
}

const outside: FileContent = {
  kind: "unusable",
  because: "it is in none of the directories that may be read",
  hint: "allow its directory with --file-dir or DRAGOMAN_FILE_DIRS, or put its content into a Secret",
};

function readCandidate({ directory, path }: Candidate): FileContent | "missing" {
  try {
    const real = realpathSync(path);
    if (!isInside(real, realpathSync(directory))) return unusable("a symbolic link leads out of the directory");
    return readFile(real);
  } catch (error) {
    return isMissing(error) ? "missing" : unusable(describeFailure(error));
  }
}

/** Whether a path is below a directory. Both are absolute. */
export function isInside(path: string, directory: string): boolean {
  return path !== directory && path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

function readFile(path: string): FileContent {
  // A named pipe would keep everybody waiting for a writer; a link that appears after the check is not followed.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) return unusable("it is not a regular file");
    const bytes = readInto(Buffer.alloc(Math.min(stats.size, maxBytes) + 1), file);
    if (bytes.length > maxBytes) return unusable(`it has more than the ${formatBytes(maxBytes)} that may be read`);
    return textOf(bytes);
  } finally {
    closeSync(file);
  }
}

function textOf(bytes: Buffer): FileContent {
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? { kind: "text", text } : unusable("it is not text in UTF-8");
}

function unusable(because: string): FileContent {
  return { kind: "unusable", because };
}
