/**
 * What is delivered when people edit files, with real files and the kernel's own events.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { mappingText, type TemporaryDirectory, temporaryDirectory } from "../../../../test/temporary-directory.ts";
import { type FileBatch, type FilesOptions, type FileWatcher, watchFiles } from "./files.ts";

/** Long enough for a watcher to see what a file is in between, on most machines; nothing is asserted about it. */
function moment(): Promise<void> {
  return sleep(20);
}

/** A watch on a temporary directory, with what it delivered and the objects as they are now. */
interface Watched {
  readonly watcher: FileWatcher;
  readonly batches: FileBatch[];
  /** `file#n` → the service of the Mapping there. */
  readonly services: Map<string, string>;
  /** Resolves when the objects are these. */
  until(services: Readonly<Record<string, string>>): Promise<void>;
  /** Resolves when the latest problems are of these codes. */
  untilProblems(...codes: readonly string[]): Promise<void>;
}

async function watch(
  t: TestContext,
  directory: TemporaryDirectory,
  paths = [""],
  options: Partial<FilesOptions> = {},
): Promise<Watched> {
  const batches: FileBatch[] = [];
  const services = new Map<string, string>();
  let check: () => void = () => undefined;
  const onChange = (batch: FileBatch): void => {
    batches.push(batch);
    for (const { key, value } of batch.edits) {
      const name = key.replace(`${directory.path}/`, "");
      if (value === undefined) services.delete(name);
      else services.set(name, (value.body["spec"] as { service: string }).service);
    }
    check();
  };
  const isDone = (done: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      check = () => done() && resolve();
      check();
    });
  const full = paths.map((path) => directory.join(path));
  const watcher = await watchFiles(full, onChange, { isKnownKind: () => true, rescanMs: 3_600_000, ...options });
  t.after(() => watcher.close());
  return {
    watcher,
    batches,
    services,
    until: (wanted) => isDone(() => sameEntries(services, wanted)),
    untilProblems: (...codes) =>
      isDone(
        () =>
          batches
            .at(-1)
            ?.diagnostics.map((d) => d.code)
            .join() === codes.join(),
      ),
  };
}

function sameEntries(actual: ReadonlyMap<string, string>, wanted: Readonly<Record<string, string>>): boolean {
  return (
    actual.size === Object.keys(wanted).length &&
    Object.entries(wanted).every(([key, value]) => actual.get(key) === value)
  );
}

test("the first batch holds everything", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", mappingText("a"));
  const { batches } = await watch(t, directory);
  assert.deepEqual(
    batches.map(({ edits }) => edits.length),
    [1],
  );
});

test("an edit gives the objects that changed and no others", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", `${mappingText("a")}---\n${mappingText("b")}`);
  const { until, batches } = await watch(t, directory);
  directory.write("a.yaml", `${mappingText("a")}---\n${mappingText("b", "new")}`);
  await until({ "a.yaml#1": "s", "a.yaml#2": "new" });
  assert.deepEqual(
    batches.slice(1).map(({ edits }) => edits.length),
    [1],
  );
});

test("files appear, change and disappear", async (t) => {
  const directory = temporaryDirectory(t);
  const { until } = await watch(t, directory);
  directory.write("a.yaml", mappingText("a"));
  await until({ "a.yaml#1": "s" });
  appendFileSync(directory.join("a.yaml"), `---\n${mappingText("b")}`);
  await until({ "a.yaml#1": "s", "a.yaml#2": "s" });
  unlinkSync(directory.join("a.yaml"));
  await until({});
});

test("directories appear, move and disappear with what is in them", async (t) => {
  const directory = temporaryDirectory(t);
  const { until } = await watch(t, directory);
  directory.write("one/two/a.yaml", mappingText("a"));
  await until({ "one/two/a.yaml#1": "s" });
  directory.write("one/two/a.yaml", mappingText("a", "new"));
  await until({ "one/two/a.yaml#1": "new" });
  renameSync(directory.join("one"), directory.join("other"));
  await until({ "other/two/a.yaml#1": "new" });
  directory.write("other/two/a.yaml", mappingText("a", "newer"));
  await until({ "other/two/a.yaml#1": "newer" });
  rmSync(directory.join("other"), { recursive: true });
  await until({});
});

test("a directory that is replaced by another is watched on", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("d/a.yaml", mappingText("a"));
  directory.write("other/a.yaml", mappingText("a", "other"));
  const { until } = await watch(t, directory, ["d"]);
  renameSync(directory.join("d"), directory.join("old"));
  renameSync(directory.join("other"), directory.join("d"));
  await until({ "d/a.yaml#1": "other" });
  directory.write("d/a.yaml", mappingText("a", "edited"));
  await until({ "d/a.yaml#1": "edited" });
});

test("a path that does not exist is read as soon as it does", async (t) => {
  const directory = temporaryDirectory(t);
  const { until, untilProblems } = await watch(t, directory, ["not/yet/here"]);
  await untilProblems("files/not-found");
  directory.write("not/yet/here/a.yaml", mappingText("a"));
  await until({ "not/yet/here/a.yaml#1": "s" });
  await untilProblems();
  rmSync(directory.join("not"), { recursive: true });
  await until({});
  await untilProblems("files/not-found");
  directory.write("not/yet/here/b.yaml", mappingText("b"));
  await until({ "not/yet/here/b.yaml#1": "s" });
});

test("a file that was named is followed through saving by rename and through its link", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("elsewhere/real.yaml", mappingText("a"));
  directory.write("in/plain.yaml", mappingText("p"));
  directory.write("in/unasked.yaml", mappingText("u"));
  symlinkSync("../elsewhere/real.yaml", directory.join("in", "link.yaml"));
  const { until } = await watch(t, directory, ["in/plain.yaml", "in/link.yaml"]);
  directory.write("in/.plain.tmp", mappingText("p", "renamed"));
  renameSync(directory.join("in", ".plain.tmp"), directory.join("in", "plain.yaml"));
  await until({ "in/plain.yaml#1": "renamed", "in/link.yaml#1": "s" });
  directory.write("elsewhere/real.yaml", mappingText("a", "edited"));
  await until({ "in/plain.yaml#1": "renamed", "in/link.yaml#1": "edited" });
});

test("saving by rename, by backup and by truncation never takes an object away", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", mappingText("a"));
  const { until, batches } = await watch(t, directory, [""], { settleMs: 3000 });
  const path = directory.join("a.yaml");
  // An editor that keeps a backup: away, a new file, its text in two parts.
  renameSync(path, directory.join("a.yaml~"));
  await moment();
  const text = mappingText("a", "backup");
  writeFileSync(path, text.slice(0, 50));
  await moment();
  appendFileSync(path, text.slice(50));
  unlinkSync(directory.join("a.yaml~"));
  await until({ "a.yaml#1": "backup" });
  // One that writes another file and renames it.
  directory.write("a.yaml.tmp", mappingText("a", "renamed"));
  renameSync(directory.join("a.yaml.tmp"), path);
  await until({ "a.yaml#1": "renamed" });
  // One that truncates and writes.
  truncateSync(path, 0);
  await moment();
  writeFileSync(path, mappingText("a", "truncated"));
  await until({ "a.yaml#1": "truncated" });
  assert.ok(batches.every(({ edits }) => edits.every(({ value }) => value !== undefined)));
  assert.ok(batches.every(({ diagnostics }) => diagnostics.length === 0));
});

test("a half-written file waits for its other half, and is believed when that does not come", async (t) => {
  const directory = temporaryDirectory(t);
  const whole = `${mappingText("a", "one")}---\n${mappingText("b", "two")}`;
  directory.write("a.yaml", whole);
  const { until, untilProblems, services } = await watch(t, directory);
  directory.write("a.yaml", whole.slice(0, whole.length - 30));
  await untilProblems("manifest/syntax");
  assert.deepEqual(
    [...services],
    [
      ["a.yaml#1", "one"],
      ["a.yaml#2", "two"],
    ],
  );
  directory.write("a.yaml", mappingText("a", "only"));
  await until({ "a.yaml#1": "only" });
  await untilProblems();
});

test("a broken document keeps its last content, says so, and is found; the others go on", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", `${mappingText("a")}---\n${mappingText("b")}---\n${mappingText("c")}`);
  const { until, untilProblems, batches, watcher } = await watch(t, directory);
  directory.write("a.yaml", `${mappingText("a", "new")}---\n${mappingText("b", "[")}---\n${mappingText("c", "new")}`);
  await until({ "a.yaml#1": "new", "a.yaml#2": "s", "a.yaml#3": "new" });
  const [problem] = batches.at(-1)?.diagnostics ?? [];
  assert.equal(problem?.traffic, "what was last read stays in force: Mapping default/b");
  assert.equal(problem && watcher.locate(problem.at)?.line, 9);
  const ref = { group: "getambassador.io", kind: "Mapping", namespace: "default", name: "b" };
  assert.equal(watcher.locate({ ref, path: ".spec.service" })?.line, 9);
  directory.write(
    "a.yaml",
    `${mappingText("a", "new")}---\n${mappingText("b", "fixed")}---\n${mappingText("c", "new")}`,
  );
  await until({ "a.yaml#1": "new", "a.yaml#2": "fixed", "a.yaml#3": "new" });
  await untilProblems();
});

test("what a broken file had before stays, also when its documents move", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", `${mappingText("a", "a")}---\n${mappingText("b", "b")}`);
  const { services, untilProblems, until } = await watch(t, directory);
  directory.write("a.yaml", `${mappingText("x", "x")}---\n${mappingText("a", "a")}---\nbroken: [\n`);
  await untilProblems("manifest/syntax");
  assert.deepEqual([...services.values()].sort(), ["a", "b", "x"]);
  directory.write("a.yaml", mappingText("x", "x"));
  await until({ "a.yaml#1": "x" });
});

test("a file that became unreadable or too large keeps its last content and says so", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", mappingText("a"));
  const { untilProblems, until, services, batches } = await watch(t, directory, [""], { limits: { fileBytes: 1000 } });
  directory.write("a.yaml", `${mappingText("a", "new")}#${"x".repeat(2000)}\n`);
  await untilProblems("files/too-large");
  assert.deepEqual([...services], [["a.yaml#1", "s"]]);
  assert.equal(batches.at(-1)?.diagnostics[0]?.traffic, "what was last read stays in force: Mapping default/a");
  directory.write("a.yaml", mappingText("a", "small"));
  await until({ "a.yaml#1": "small" });
  await untilProblems();
});

test("a file that becomes a link out of the directory is not read any more", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("in/a.yaml", mappingText("a"));
  directory.write("outside.yaml", mappingText("outside"));
  const { until, untilProblems } = await watch(t, directory, ["in"]);
  symlinkSync("../outside.yaml", directory.join("in", ".link"));
  renameSync(directory.join("in", ".link"), directory.join("in", "a.yaml"));
  await until({});
  await untilProblems("files/outside");
});

test("a file is followed when it is small, large, empty, and no file any more", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", mappingText("a"));
  const { until, untilProblems } = await watch(t, directory);
  directory.write("a.yaml", `${mappingText("a", "large")}# ${"x".repeat(300 * 1024)}\n`);
  await until({ "a.yaml#1": "large" });
  directory.write("a.yaml", mappingText("a", "small"));
  await until({ "a.yaml#1": "small" });
  truncateSync(directory.join("a.yaml"));
  await until({});
  directory.write("a.yaml", mappingText("a", "again"));
  await until({ "a.yaml#1": "again" });
  execFileSync("mkfifo", [directory.join("pipe")]);
  renameSync(directory.join("pipe"), directory.join("a.yaml"));
  await untilProblems("files/unreadable");
});

test("a mounted ConfigMap is swapped as a whole", async (t) => {
  const directory = temporaryDirectory(t);
  const publish = (version: string, files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) directory.write(`..${version}/${name}`, text);
    symlinkSync(`..${version}`, directory.join("..data_tmp"));
    renameSync(directory.join("..data_tmp"), directory.join("..data"));
    for (const name of Object.keys(files)) {
      const isThere = readLink(directory, name);
      if (!isThere) symlinkSync(`..data/${name}`, directory.join(name));
    }
  };
  publish("v1", { "a.yaml": mappingText("a", "first"), "b.yaml": mappingText("b", "same") });
  const { until, batches } = await watch(t, directory);
  publish("v2", { "a.yaml": mappingText("a", "second"), "b.yaml": mappingText("b", "same") });
  rmSync(directory.join("..v1"), { recursive: true });
  await until({ "a.yaml#1": "second", "b.yaml#1": "same" });
  assert.deepEqual(
    batches.slice(1).map(({ edits }) => edits.length),
    [1],
  );
  publish("v3", { "a.yaml": mappingText("a", "third"), "c.yaml": mappingText("c", "new") });
  unlinkSync(directory.join("b.yaml"));
  rmSync(directory.join("..v2"), { recursive: true });
  await until({ "a.yaml#1": "third", "c.yaml#1": "new" });
});

function readLink(directory: TemporaryDirectory, name: string): boolean {
  try {
    return readFileSync(directory.join(name)).length >= 0;
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "ENOENT");
    return false;
  }
}

test("a burst of a thousand files arrives whole, in few batches", async (t) => {
  const directory = temporaryDirectory(t);
  mkdirSync(directory.join("d"));
  const { until, batches } = await watch(t, directory);
  const wanted: Record<string, string> = {};
  for (let i = 0; i < 1000; i++) {
    directory.write(`d/f${i}.yaml`, mappingText(`m${i}`, "s"));
    wanted[`d/f${i}.yaml#1`] = "s";
  }
  await until(wanted);
  assert.ok(batches.length < 100, `${batches.length} batches`);
  rmSync(directory.join("d"), { recursive: true });
  await until({});
});

test("what is no manifest wakes nobody", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", mappingText("a"));
  const { watcher, batches, until } = await watch(t, directory);
  for (const name of [".a.yaml.swp", "a.yaml~", "4913", "#a.yaml#", "a.yaml___tmp", "access.log"])
    directory.write(name, "{");
  await watcher.rescan();
  directory.write("a.yaml", mappingText("a", "new"));
  await until({ "a.yaml#1": "new" });
  assert.equal(batches.length, 2);
});

test("a rescan finds what no event told, and resolves when it is delivered", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("a.yaml", mappingText("a"));
  const { watcher, services } = await watch(t, directory);
  directory.write("a.yaml", mappingText("a", "new"));
  directory.write("b.yaml", mappingText("b"));
  await watcher.rescan();
  assert.deepEqual([...services].sort(), [
    ["a.yaml#1", "new"],
    ["b.yaml#1", "s"],
  ]);
});

test("after closing, nothing is delivered and nothing waits", async (t) => {
  const directory = temporaryDirectory(t);
  const { watcher, batches } = await watch(t, directory);
  await watcher.close();
  directory.write("a.yaml", mappingText("a"));
  await watcher.rescan();
  await watcher.done;
  assert.equal(batches.length, 1);
});

test("a listener that throws ends the watch with its error", async (t) => {
  const directory = temporaryDirectory(t);
  let isFirst = true;
  const onChange = (): void => {
    if (!isFirst) throw new Error("listener");
    isFirst = false;
  };
  const watcher = await watchFiles([directory.path], onChange, { isKnownKind: () => true });
  directory.write("a.yaml", mappingText("a"));
  await assert.rejects(watcher.done, /listener/);
});
