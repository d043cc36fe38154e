/**
 * Standard input for a run: it can be read only once, and control may be restarted, so it is kept in a file that only
 * its owner may read for as long as the run lasts.
 */
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** Paths among which `-` has become a file. */
export interface KeptInput {
  readonly paths: readonly string[];
  remove(): Promise<void>;
}

/** Keeps standard input, where the paths name it. */
export async function keepStandardInput(paths: readonly string[]): Promise<KeptInput> {
  if (!paths.includes("-")) return { paths, remove: async () => undefined };
  const directory = await mkdtemp(join(tmpdir(), "dragoman-stdin-"));
  const file = join(directory, "stdin.yaml");
  await pipeline(process.stdin, createWriteStream(file, { mode: 0o600 }));
  return {
    paths: paths.map((path) => (path === "-" ? file : path)),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
