/**
 * Which files are read, what they give, and where it stands in them.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { relative } from "node:path";
import { test } from "node:test";
import { formatOrigin } from "#base/origin.ts";
import { mappingText, type TemporaryDirectory, temporaryDirectory } from "../../../../test/temporary-directory.ts";
import { type FilesOptions, type FilesReading, readFiles } from "./files.ts";

const known = { isKnownKind: (group: string): boolean => group !== "apps" };

function read(
  directory: TemporaryDirectory,
  paths: readonly string[] = [""],
  options: Partial<FilesOptions> = {},
): Promise<FilesReading> {
  return readFiles(
    paths.map((path) => (path === "-" ? path : directory.join(path))),
    { ...known, ...options },
  );
}

function keys(directory: TemporaryDirectory, reading: FilesReading): readonly string[] {
  return reading.edits.map(({ key }) => (key.startsWith("/") ? relative(directory.path, key) : key));
}

/** `code file:line field` */
function problems(directory: TemporaryDirectory, { diagnostics, locate }: FilesReading): readonly string[] {
  return diagnostics.map((d) => {
    const at = locate(d.at);
    return `${d.code} ${at ? `${relative(directory.path, at.file)}:${at.line}` : "?"} ${d.at.path}`.trim();
  });
}

async function* chunks(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test("a directory is read recursively, in order of name, without what is hidden or no manifest", async (t) => {
  const directory = temporaryDirectory(t);
  for (const name of ["b.yaml", "a/z.json", "a/b.yml", "c.YAML"]) directory.write(name, mappingText("x"));
  for (const name of [".h.yaml", ".git/a.yaml", "b.yaml~", "b.yaml.bak", "#b.yaml#", "readme.md"])
    directory.write(name, "{");
  const reading = await read(directory);
  assert.deepEqual(keys(directory, reading), ["a/b.yml#1", "a/z.json#1", "b.yaml#1", "c.YAML#1"]);
});

test("a file that is named is read whatever its name is, and once", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("manifest.txt", mappingText("x"));
  directory.write("sub/a.yaml", mappingText("y"));
  const reading = await read(directory, ["manifest.txt", "sub", "manifest.txt", "sub/a.yaml"]);
  assert.deepEqual(keys(directory, reading).toSorted(), ["manifest.txt#1", "sub/a.yaml#1"]);
});

test("names are those that the user gave", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", mappingText("x"));
  const path = relative(process.cwd(), directory.path);
  const reading = await readFiles([`${path}/`], known);
  assert.deepEqual(
    reading.edits.map(({ key }) => key),
    [`${path}/a.yaml#1`],
  );
  const start = process.cwd();
  t.after(() => process.chdir(start));
  process.chdir(directory.path);
  for (const here of [".", "./"]) {
    const { edits } = await readFiles([here], known);
    assert.deepEqual(
      edits.map(({ key }) => key),
      ["a.yaml#1"],
    );
  }
});

test("standard input is read by -, and has positions", async (t) => {
  const directory = temporaryDirectory(t);
  const stdin = chunks(mappingText("a"), "---\nkind: ", "Mapping\n");
  const reading = await read(directory, ["-"], { stdin });
  assert.deepEqual(keys(directory, reading), ["<stdin>#1"]);
  assert.deepEqual(
    reading.diagnostics.map(({ at }) => reading.locate(at)),
    [{ file: "<stdin>", line: 6, column: 1 }],
  );
});

test("what is not there or cannot be read is told", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", mappingText("a"));
  execFileSync("mkfifo", [directory.join("pipe.yaml")]);
  mkdirSync(directory.join("directory.yaml"));
  symlinkSync("loop.yaml", directory.join("loop.yaml"));
  const reading = await read(directory, ["gone", ""]);
  assert.deepEqual(keys(directory, reading), ["a.yaml#1"]);
  assert.deepEqual(problems(directory, reading), [
    "files/not-found gone:1",
    "files/unreadable loop.yaml:1",
    "files/unreadable pipe.yaml:1",
  ]);
});

test("symbolic links do not lead out of the directory", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("outside/a.yaml", mappingText("outside"));
  directory.write("in/real.yaml", mappingText("x"));
  directory.write("in/.hidden/a.yaml", mappingText("hidden"));
  symlinkSync("../outside/a.yaml", directory.join("in", "file.yaml"));
  symlinkSync("../outside", directory.join("in", "folder"));
  symlinkSync(".hidden", directory.join("in", "shown"));
  symlinkSync("real.yaml", directory.join("in", "same.yaml"));
  symlinkSync("..", directory.join("in", "up"));
  const reading = await read(directory, ["in"]);
  assert.deepEqual(keys(directory, reading), ["in/real.yaml#1", "in/same.yaml#1"]);
  assert.deepEqual(problems(directory, reading), [
    "files/outside in/file.yaml:1",
    "files/outside in/folder:1",
    "files/outside in/shown:1",
    "files/outside in/up:1",
    "manifest/duplicate in/same.yaml:3 .metadata.name",
  ]);
});

test("a mounted ConfigMap is read through its links", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("..2026_01/shop.yaml", mappingText("a"));
  directory.write("..2026_01/sub/b.yaml", mappingText("b"));
  symlinkSync("..2026_01", directory.join("..data"));
  symlinkSync("..data/shop.yaml", directory.join("shop.yaml"));
  symlinkSync("..data/sub", directory.join("sub"));
  assert.deepEqual(keys(directory, await read(directory)), ["shop.yaml#1", "sub/b.yaml#1"]);
});

test("an object in two places is told at the second, with the first", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", `${mappingText("x")}---\n${mappingText("x", "t")}`);
  directory.write("b.yaml", mappingText("x"));
  const reading = await read(directory);
  assert.deepEqual(problems(directory, reading), [
    "manifest/duplicate a.yaml:8 .metadata.name",
    "manifest/duplicate b.yaml:3 .metadata.name",
  ]);
  for (const { related } of reading.diagnostics) {
    assert.deepEqual(
      related?.map(({ at }) => reading.locate(at)?.line),
      [3],
    );
  }
});

test("files, all files together and objects are bounded", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", mappingText("a"));
  directory.write("b.yaml", `${mappingText("b")}#${"x".repeat(2000)}\n`);
  directory.write("c.yaml", mappingText("c"));
  directory.write("d.yaml", mappingText("d"));
  const limits = { fileBytes: 1000, totalBytes: 250, objects: 10 };
  const reading = await read(directory, [""], { limits });
  assert.deepEqual(keys(directory, reading).length, 2);
  assert.deepEqual(
    reading.diagnostics.map((d) => d.code),
    ["files/too-large", "files/too-large"],
  );
  const few = await read(directory, ["a.yaml", "c.yaml", "d.yaml"], { limits: { objects: 2 } });
  assert.deepEqual(
    few.diagnostics.map((d) => d.code),
    ["manifest/too-many"],
  );
});

test("unknown kinds are counted over all files", async (t) => {
  const directory = temporaryDirectory(t);
  for (const name of ["a.yaml", "b.yaml"])
    directory.write(name, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}\n");
  const reading = await read(directory);
  assert.deepEqual(reading.ignored, { "Deployment.apps": 2 });
  assert.deepEqual(reading.edits, []);
});

test("fields of objects, of list items and of annotations have positions", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write(
    "a.yaml",
    `# first
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata:
    name: quote
    namespace: shop
    annotations:
      getambassador.io/config: |
        # two of them
        ---
        apiVersion: ambassador/v0
        kind: Mapping
        name: quote_mapping
        prefix: /quote/
        cors:
          origins: [a, b]
        ---
        apiVersion: getambassador.io/v2
        kind: Mapping
        metadata: {name: full, namespace: other}
        spec:
          prefix: /full/
- apiVersion: v1
  kind: Service
  metadata:
    name: folded
    annotations:
      getambassador.io/config: "---\\napiVersion: ambassador/v1\\nkind: Mapping\\nname: in-quotes\\nprefix: /\\n"
`,
  );
  const { locate } = await read(directory);
  const line = (kind: string, namespace: string, name: string, path: string): number | undefined =>
    locate({ ref: { group: kind === "Service" ? "" : "getambassador.io", kind, namespace, name }, path })?.line;
  assert.equal(line("Service", "shop", "quote", ""), 5);
  assert.equal(line("Service", "shop", "quote", ".metadata.name"), 8);
  assert.equal(line("Service", "shop", "quote", ".spec.ports[0]"), 5);
  assert.equal(line("Mapping", "shop", "quote_mapping", ".spec.prefix"), 17);
  assert.equal(line("Mapping", "shop", "quote_mapping", ".spec.cors.origins[1]"), 19);
  assert.equal(line("Mapping", "shop", "quote_mapping", ".metadata.name"), 16);
  assert.equal(line("Mapping", "shop", "quote_mapping", ".spec.host"), 14);
  assert.equal(line("Mapping", "other", "full", ".spec.prefix"), 25);
  assert.equal(line("Mapping", "default", "in-quotes", ".spec.prefix"), 31);
  assert.equal(line("Mapping", "default", "unknown", ""), undefined);
});

test("a syntax error is told where it is", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", `${mappingText("a")}---\nspec:\n  cors:\n    origins: ]\n\n---\n${mappingText("b")}`);
  const reading = await read(directory);
  assert.deepEqual(problems(directory, reading), ["manifest/syntax a.yaml:8 .spec.cors.origins"]);
  assert.equal(reading.diagnostics[0]?.traffic, "nothing of it is served");
  assert.deepEqual(keys(directory, reading), ["a.yaml#1", "a.yaml#3"]);
});

test("a thousand files are all read, bad ones told one by one", async (t) => {
  const directory = temporaryDirectory(t);
  for (let i = 0; i < 1000; i++) directory.write(`d${i % 10}/f${i}.yaml`, i % 5 === 0 ? "a: [" : mappingText(`m${i}`));
  const reading = await read(directory);
  assert.equal(reading.edits.length, 800);
  assert.equal(reading.diagnostics.length, 200);
  assert.ok(reading.diagnostics.every(({ at }) => /f\d+\.yaml#1/.test(formatOrigin(at))));
});
