/** One malformed file beside the good directory: read, compiled, and what was said about it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { diagnosticJson } from "#base/render-diagnostic.ts";
import { compile, type Encoded, isKnownKind, type Settings } from "#compiler";
import { readFiles } from "../../src/control/sources/files/files.ts";
import type { Malformed } from "./malformed-file.ts";

/** What a directory and one file more gave. */
export interface Outcome {
  readonly resources: readonly Encoded[];
  /** What was said about the file, `code field`. */
  readonly said: readonly string[];
  /** Whether all that was said has a line. */
  readonly located: boolean;
}

/** Reads and compiles. The file is written where the good directory does not see it. */
export async function compileWith(
  good: string,
  elsewhere: string,
  bad: Malformed,
  settings: Settings,
): Promise<Outcome> {
  const path = join(elsewhere, `${bad.name}.yaml`);
  await writeFile(path, bad.content);
  const reading = await readFiles([good, path], { isKnownKind });
  const objects = reading.edits.flatMap(({ key, value }) => (value ? [[key, value] as const] : []));
  const { resources, diagnostics } = compile(objects, { settings });
  const found = [...reading.diagnostics, ...diagnostics].map((one) => diagnosticJson(one, reading.locate));
  const own = found.filter(({ file }) => file === path && path.endsWith(".yaml"));
  return {
    resources,
    said: own.map(({ code, field }) => `${code} ${field}`),
    located: own.every(({ line = 0 }) => line >= 1),
  };
}
