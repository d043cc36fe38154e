/**
 * What the operating system says when a file cannot be read, in words.
 */
import { errorCode } from "#base/error-code.ts";

/** Whether the failure means that there is nothing there. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** The failure as a sentence; anything that is no failure of the operating system is thrown again. */
export function describeFailure(error: unknown): string {
  const code = errorCode(error);
  if (code === undefined) throw error;
  return sentences.get(code) ?? `the operating system says ${code}`;
}

const sentences: ReadonlyMap<string, string> = new Map([
  ["EACCES", "this process is not permitted to read it"],
  ["EPERM", "this process is not permitted to read it"],
  ["EIO", "the disk reports an error"],
  ["EISDIR", "it is a directory"],
  ["ELOOP", "its symbolic links lead in a circle"],
  ["EMFILE", "this process has too many open files"],
  ["ENFILE", "the system has too many open files"],
  ["ENAMETOOLONG", "its name is too long"],
  ["ENXIO", "it is not a regular file"],
]);
