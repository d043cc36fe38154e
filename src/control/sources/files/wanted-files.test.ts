/** Files that manifests name: what may be read of them, and how changes are noticed, with real files and links. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { type TestContext, test } from "node:test";
import type { CompilerEdit } from "#compiler";
import { type TemporaryDirectory, temporaryDirectory } from "../../../../test/temporary-directory.ts";
import { readWanted } from "./read-wanted.ts";
import { openWantedFiles, type WantedFiles } from "./wanted-files.ts";

function read(path: string, ...directories: readonly string[]): string {
  const content = readWanted(path, directories);
  return content.kind === "text" ? content.text : content.because;
}

const outside = "it is in none of the directories that may be read";

test("a file is read from allowed directories only, and of others nothing is told", (t) => {
  const directory = temporaryDirectory(t);
  directory.write("certs/a/tls.crt", "a");
  directory.write("other/tls.crt", "b");
  directory.write("certs-not/tls.crt", "c");
  const certs = directory.join("certs");
  assert.equal(read(directory.join("certs/a/tls.crt"), certs), "a");
  assert.equal(read("a/tls.crt", directory.join("other"), certs), "a");
  assert.equal(read("tls.crt", directory.join("other"), certs), "b");
  assert.equal(read("/etc/hostname", "/"), read("etc/hostname", "/"));
  for (const path of [
    directory.join("other/tls.crt"),
    directory.join("certs-not/tls.crt"),
    directory.join("nowhere/tls.crt"),
    directory.join("certs/../other/tls.crt"),
    "../other/tls.crt",
    certs,
    "",
    ".",
    "a\0b",
  ]) {
    assert.equal(read(path, certs), outside, path);
  }
  assert.equal(read(directory.join("certs/a/tls.crt")), outside);
});

test("links may lead to other places of the same directory, and not out of it", (t) => {
  const directory = temporaryDirectory(t);
  directory.write("certs/archive/1.pem", "one");
  directory.write("secret.pem", "secret");
  mkdirSync(directory.join("certs/live"));
  symlinkSync("../archive/1.pem", directory.join("certs/live/good.pem"));
  symlinkSync("../../secret.pem", directory.join("certs/live/bad.pem"));
  symlinkSync("..", directory.join("certs/up"));
  symlinkSync("loop", directory.join("certs/loop"));
  symlinkSync("certs", directory.join("linked"));
  const certs = directory.join("certs");
  assert.equal(read("live/good.pem", certs), "one");
  assert.equal(read("live/good.pem", directory.join("linked")), "one");
  assert.equal(read("live/bad.pem", certs), "a symbolic link leads out of the directory");
  assert.equal(read("up/secret.pem", certs), "a symbolic link leads out of the directory");
  assert.equal(read("loop", certs), "its symbolic links lead in a circle");
});

test("what is no readable text says why", (t) => {
  const directory = temporaryDirectory(t);
  directory.write("big", Buffer.alloc((4 << 20) + 1, "x"));
  directory.write("full", Buffer.alloc(4 << 20, "x"));
  directory.write("binary", Buffer.from([0xff, 0xfe]));
  directory.write("sub/file", "x");
  execFileSync("mkfifo", [directory.join("pipe")]);
  const because = (path: string): string => read(path, directory.path);
  assert.equal(because("big"), "it has more than the 4 MiB that may be read");
  assert.equal(because("full").length, 4 << 20);
  assert.equal(because("binary"), "it is not text in UTF-8");
  assert.equal(because("sub"), "it is not a regular file");
  assert.equal(because("pipe"), "it is not a regular file");
  assert.equal(because("sub/none"), "there is no such file");
  assert.equal(because("sub/file/none"), "there is no such file");
});

interface Watched {
  readonly files: WantedFiles;
  /** How often something changed. */
  readonly deliveries: string[][];
  /** Resolves when the files are told to be so. */
  until(texts: Readonly<Record<string, string>>): Promise<void>;
}

function watch(t: TestContext, directory: TemporaryDirectory, ...paths: readonly string[]): Watched {
  const texts: Record<string, string> = {};
  const deliveries: string[][] = [];
  let check: () => void = () => undefined;
  const take = (edits: readonly CompilerEdit[]): void => {
    for (const edit of edits) {
      if (edit.kind !== "file") continue;
      texts[edit.key] = edit.value?.kind === "text" ? edit.value.text : (edit.value?.because ?? "gone");
    }
    deliveries.push(edits.map((edit) => (edit.kind === "file" ? edit.key : edit.kind)));
    check();
  };
  const files = openWantedFiles({ directories: [directory.path], onChange: take, settleMs: 100, rescanMs: 3_600_000 });
  t.after(() => files.close());
  take(files.edits(new Set(paths)));
  const until = (wanted: Readonly<Record<string, string>>): Promise<void> =>
    new Promise((resolve) => {
      check = () => Object.entries(wanted).every(([key, text]) => texts[key] === text) && resolve();
      check();
    });
  return { files, deliveries, until };
}

test("certificate and key that are replaced one after the other come as one change", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("tls.crt", "one");
  directory.write("tls.key", "one");
  const { deliveries, until } = watch(t, directory, "tls.crt", "tls.key");
  await until({ "tls.crt": "one", "tls.key": "one" });
  directory.write("tls.crt", "two");
  await new Promise(setImmediate);
  directory.write("tls.key", "two");
  await until({ "tls.crt": "two", "tls.key": "two" });
  assert.deepEqual(deliveries, [
    ["tls.crt", "tls.key"],
    ["tls.crt", "tls.key"],
  ]);
});

test("a mounted Secret is swapped as a whole", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("certs/..1/tls.crt", "one");
  directory.write("certs/..2/tls.crt", "two");
  symlinkSync("..1", directory.join("certs/..data"));
  symlinkSync("..data/tls.crt", directory.join("certs/tls.crt"));
  const { until } = watch(t, directory, "certs/tls.crt");
  await until({ "certs/tls.crt": "one" });
  symlinkSync("..2", directory.join("certs/..data_tmp"));
  renameSync(directory.join("certs/..data_tmp"), directory.join("certs/..data"));
  await until({ "certs/tls.crt": "two" });
});

test("files and directories may come later, go, and come again", async (t) => {
  const directory = temporaryDirectory(t);
  const { until, files } = watch(t, directory, "a/b/tls.crt");
  await until({ "a/b/tls.crt": "there is no such file" });
  mkdirSync(directory.join("a"));
  directory.write("a/b/tls.crt", "one");
  files.rescan();
  await until({ "a/b/tls.crt": "one" });
  rmSync(directory.join("a"), { recursive: true });
  await until({ "a/b/tls.crt": "there is no such file" });
  directory.write("a/b/tls.crt", "two");
  await until({ "a/b/tls.crt": "two" });
});

test("what nobody wants any more is taken away, and not watched", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a", "a");
  directory.write("b", "b");
  const { files } = watch(t, directory, "a");
  assert.deepEqual(files.edits(new Set(["b"])), [
    { kind: "file", key: "a" },
    { kind: "file", key: "b", value: { kind: "text", text: "b" } },
  ]);
  assert.deepEqual(files.edits(new Set(["b"])), []);
});
