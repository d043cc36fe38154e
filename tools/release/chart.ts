/**
 * The chart as it is published: a package, the index of a chart repository, and one file of manifests for those who
 * install with kubectl alone.
 */
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { helmProgram } from "../../test/kube/programs.ts";

const chart = join(import.meta.dirname, "..", "..", "charts", "dragoman");
const namespace = "ambassador";

/** Writes the package and the index into a directory. */
export async function writeRepository(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const old = (await readdir(directory)).filter((name) => name.endsWith(".tgz") || name === "index.yaml");
  for (const name of old) await rm(join(directory, name));
  await helm("package", chart, "--destination", directory);
  await helm("repo", "index", directory);
}

/** Everything of a release called ambassador in the namespace ambassador, with the definitions of the kinds first. */
export async function manifests(): Promise<string> {
  const folder = join(chart, "crds");
  const crds = await Promise.all(
    (await readdir(folder)).toSorted().map((name) => readFile(join(folder, name), "utf8")),
  );
  const rendered = await helm("template", "ambassador", chart, "--namespace", namespace, "--no-hooks");
  return [
    "# Installs Dragoman: kubectl apply -f this. Made from charts/dragoman by `make dist`.\n",
    `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}\n`,
    ...crds,
    rendered.replaceAll("managed-by: Helm", "managed-by: kubectl"),
  ].join("");
}

/** Writes them as one file. */
export async function writeManifests(file: string): Promise<void> {
  await writeFile(file, await manifests());
}

async function helm(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(await helmProgram(), args, { maxBuffer: 1 << 26 });
  return stdout;
}
