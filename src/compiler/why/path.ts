/**
 * The path that routes are matched against: Envoy's `normalize_path` (the path canonicalisation of Chromium's URL
 * library), `merge_slashes` and `path_with_escaped_slashes_action: REJECT_REQUEST`.
 */

/** What decides how paths are normalised. */
export interface PathOptions {
  readonly mergeSlashes: boolean;
  readonly rejectEscapedSlashes: boolean;
}

/** The path with its query, or why the request is answered with 400. */
export type NormalizedPath = { readonly path: string } | { readonly rejected: string };

/** Normalises a path; the query stays as it is. */
export function normalizePath(raw: string, options: PathOptions): NormalizedPath {
  const [path, query] = splitQuery(raw);
  if (options.rejectEscapedSlashes && /%(?:2f|5c)/i.test(path)) {
    return { rejected: "the path holds an escaped slash, and such requests are rejected" };
  }
  const canonical = canonicalPath(path);
  if (canonical === undefined) return { rejected: "the path holds %00" };
  return { path: (options.mergeSlashes ? mergedSlashes(canonical) : canonical) + query };
}

/** One slash for several; of a path of nothing but slashes Envoy leaves two. */
function mergedSlashes(path: string): string {
  return /^\/\/+$/.test(path) ? "//" : path.replace(/\/{2,}/g, "/");
}

/** A path and what follows it, from the `?` on. */
export function splitQuery(path: string): readonly [path: string, query: string] {
  const mark = path.indexOf("?");
  return mark < 0 ? [path, ""] : [path.slice(0, mark), path.slice(mark)];
}

function canonicalPath(path: string): string | undefined {
  let output = isSlash(path[0]) ? "" : "/";
  for (let i = 0; i < path.length; ) {
    const dot = dotLength(path, i);
    if (dot > 0 && output.endsWith("/")) {
      const { goesUp, isDirectory, consumed } = afterDot(path, i + dot);
      if (goesUp) output = parentOf(output);
      if (!isDirectory) output += ".";
      i += dot + consumed;
    } else if (dot > 0) {
      output += ".";
      i += dot;
    } else {
      const escaped = /^%([0-9a-f]{2})/i.exec(path.slice(i, i + 3));
      if (escaped?.[1] === "00") return undefined;
      output += escaped ? unescaped(escaped[0]) : canonicalCharacter(path[i] ?? "");
      i += escaped ? 3 : 1;
    }
  }
  return output;
}

function isSlash(character: string | undefined): boolean {
  return character === "/" || character === "\\";
}

/** The length of a dot, written as itself or escaped; 0 where there is none. */
function dotLength(path: string, at: number): number {
  if (path[at] === ".") return 1;
  return path.slice(at, at + 3).toLowerCase() === "%2e" ? 3 : 0;
}

/** What a dot that begins a segment means: this directory, the one above, or nothing special. */
function afterDot(path: string, at: number): { goesUp: boolean; isDirectory: boolean; consumed: number } {
  if (at === path.length) return { goesUp: false, isDirectory: true, consumed: 0 };
  if (isSlash(path[at])) return { goesUp: false, isDirectory: true, consumed: 1 };
  const second = dotLength(path, at);
  const end = at + second;
  if (second > 0 && end === path.length) return { goesUp: true, isDirectory: true, consumed: second };
  if (second > 0 && isSlash(path[end])) return { goesUp: true, isDirectory: true, consumed: second + 1 };
  return { goesUp: false, isDirectory: false, consumed: 0 };
}

function parentOf(output: string): string {
  return output.length <= 1 ? output : output.slice(0, output.lastIndexOf("/", output.length - 2) + 1) || "/";
}

/** Characters that need no escape lose theirs; every other escape stays as it was written. */
function unescaped(written: string): string {
  const character = String.fromCharCode(Number.parseInt(written.slice(1), 16));
  return /[\w~-]/.test(character) ? character : written;
}

function canonicalCharacter(character: string): string {
  if (character === "\\") return "/";
  if (/[!$%&'()*+,\-/:;=@[\]\w~]/.test(character)) return character;
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}
