/**
 * What is derived from the source and committed: the CRDs of the chart, the names of its values, and the reference pages.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dump } from "js-yaml";
import { customResourceDefinitions } from "../../src/compiler/api/crd.ts";
import { referencePages } from "../../src/compiler/api/reference.ts";
import { cliPage } from "./cli-page.ts";
import { compatibilityPage } from "./compatibility-page.ts";
import { diagnosticsPage } from "./diagnostics-page.ts";
import { environmentPage } from "./environment-page.ts";
import { knownValues } from "./known-values.ts";
import { metricsPage } from "./metrics-page.ts";

// `helm show crds` prints one file after the other, as it is.
const crdNote = "---\n# Generated from src/compiler/api by `make gen`; not edited by hand.\n";
const pageNote = "<!-- Generated from src/compiler/api by `make gen`; not edited by hand. -->\n";

/** The generated files, by path from the root. */
function derivedFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const crd of customResourceDefinitions()) {
    files.set(`charts/dragoman/crds/${crd.metadata.name}.yaml`, crdNote + dump(crd, { lineWidth: 120, noRefs: true }));
  }
  files.set("charts/dragoman/files/known-values.yaml", knownValues());
  for (const { name, text } of referencePages()) files.set(`docs/reference/kinds/${name}`, pageNote + text);
  files.set("docs/reference/diagnostics.md", diagnosticsPage());
  files.set("docs/reference/compatibility.md", compatibilityPage());
  files.set("docs/reference/cli.md", cliPage());
  files.set("docs/reference/environment.md", environmentPage());
  files.set("docs/reference/metrics.md", metricsPage());
  return files;
}

/** Paths of files that are missing, differ from what is generated, or are no longer generated. */
export async function staleFiles(root: string): Promise<readonly string[]> {
  const files = derivedFiles();
  const stale: string[] = [];
  for (const [path, text] of files) if ((await textOf(join(root, path))) !== text) stale.push(path);
  for (const folder of folders) {
    const names = await readdir(join(root, folder)).catch(() => []);
    stale.push(...names.map((name) => `${folder}/${name}`).filter((path) => !files.has(path)));
  }
  return stale;
}

const folders = ["charts/dragoman/crds", "docs/reference/kinds"];

/** Writes what is stale. */
export async function generateFiles(root: string, say: (line: string) => void): Promise<void> {
  const files = derivedFiles();
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  for (const path of await staleFiles(root)) {
    const text = files.get(path);
    if (text === undefined) await rm(join(root, path));
    else await writeFile(join(root, path), text);
    say(`${text === undefined ? "removed" : "wrote"} ${path}`);
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
