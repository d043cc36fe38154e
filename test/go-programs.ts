/**
 * Programs that tests talk to and that are published as Go modules, built once into the cache directory. A module's
 * directory holds a go.mod and a go.sum and none of its code; their content is the key in the cache.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { withFileLock } from "../src/keeper/file-lock.ts";
import { cacheDirectory } from "../src/keeper/wheel.ts";

/** One Go module and the programs that are taken from it. */
export interface GoModule {
  /** Where its go.mod is. */
  readonly directory: string;
  /** The folder of the cache that its programs go to. */
  readonly folder: string;
  /** The module whose version the programs say they are. */
  readonly origin: string;
  readonly programs: Readonly<Record<string, string>>;
  /** How long a first build takes, where that is worth a word. */
  readonly takes?: string;
  /** What the projects' own builds set at link time, without which the programs do not know their version. */
  linked(version: string): Readonly<Record<string, string>>;
}

/** The directory with a module's programs, built first when the cache lacks it. */
export async function obtainPrograms(module: GoModule): Promise<string> {
  const parent = join(cacheDirectory(process.env), module.folder);
  const target = join(parent, `${basename(module.directory)}-${keyOf(module)}`);
  if (existsSync(target)) return target;
  await mkdir(parent, { recursive: true });
  await withFileLock(`${target}.lock`, say, async () => {
    if (!existsSync(target)) await build(module, target);
  });
  return target;
}

const say = (line: string): void => console.error(line);

async function build(module: GoModule, target: string): Promise<void> {
  const names = Object.keys(module.programs).join(", ");
  say(`building ${names} ${versionOf(module)} (once${module.takes === undefined ? "" : `, ${module.takes}`})`);
  const work = await mkdtemp(`${target}.new-`);
  try {
    for (const [name, path] of Object.entries(module.programs)) {
      const flags = ["-trimpath", "-ldflags", linkerFlags(module), "-o", join(work, name)];
      await go(["build", ...flags, path], module.directory);
    }
    await rename(work, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function linkerFlags(module: GoModule): string {
  const values = Object.entries(module.linked(versionOf(module))).map(([name, value]) => `-X ${name}=${value}`);
  return ["-s", "-w", ...values].join(" ");
}

function keyOf(module: GoModule): string {
  const hash = createHash("sha256").update(linkerFlags(module));
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(module.directory, file)));
  return hash.digest("hex").slice(0, 12);
}

function versionOf({ directory, origin }: GoModule): string {
  const text = readFileSync(join(directory, "go.mod"), "utf8");
  const version = text.split(`${origin} v`)[1]?.split(/\s/, 1)[0];
  if (version === undefined) throw new Error(`go.mod of ${directory} does not require ${origin}`);
  return `v${version}`;
}

/** The message is one for a person: what is missing, or Go's own words. */
export class BuildFailed extends Error {
  override readonly name = "BuildFailed";
}

/** Nicely, because a build takes every core for minutes. */
function go(args: readonly string[], cwd: string): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: "0" };
  return new Promise((resolve, reject) => {
    execFile("nice", ["-n", "15", "go", ...args], { cwd, env, maxBuffer: 1 << 26 }, (error, _, stderr) => {
      if (!error) return resolve();
      const missing = error.code === 127 ? "Go 1.26 or newer is missing: install it." : stderr.trim().slice(-2000);
      reject(new BuildFailed(`programs that the tests need cannot be built: ${missing || error.message}`));
    });
  });
}

/** Says what is missing instead of showing a trace: for the files that only build. */
export async function buildOrExplain(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof BuildFailed)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
