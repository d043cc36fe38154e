/**
 * However files are edited, moved and removed while they are watched: in the end, what was delivered is what reading
 * everything afresh gives.
 */
import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import type { RawObject } from "#compiler";
import { mappingText, type TemporaryDirectory, temporaryDirectory } from "../../../../test/temporary-directory.ts";
import { type FileBatch, readFiles, watchFiles } from "./files.ts";

const known = { isKnownKind: (): boolean => true };

type Step =
  | { readonly do: "write"; readonly file: string; readonly names: readonly string[] }
  | { readonly do: "remove"; readonly file: string }
  | { readonly do: "move"; readonly file: string; readonly to: string }
  | { readonly do: "turn" };

const file = fc.constantFrom("a.yaml", "b.yaml", "d/a.yaml", "d/e/a.yaml", "d", "d/e", "f", "f/a.yaml");
const name = fc.constantFrom("x", "y", "z");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("write" as const), file, names: fc.array(name, { maxLength: 3 }) }),
  fc.record({ do: fc.constant("remove" as const), file }),
  fc.record({ do: fc.constant("move" as const), file, to: file }),
  fc.record({ do: fc.constant("turn" as const) }),
);

async function run(directory: TemporaryDirectory, one: Step): Promise<void> {
  if (one.do === "turn") {
    for (let i = 0; i < 20; i++) await nextTurn();
    return;
  }
  try {
    if (one.do === "remove") rmSync(directory.join(one.file), { recursive: true });
    else if (one.do === "write")
      directory.write(one.file, one.names.map((n, i) => mappingText(n, `s${i}`)).join("---\n"));
    else renameSync(directory.join(one.file), directory.join(one.to));
  } catch (error) {
    // What the file system refuses, such as a file within a file, is no step.
    assert.ok(refusals.has(String((error as NodeJS.ErrnoException).code)), String(error));
  }
}

const refusals: ReadonlySet<string> = new Set(["ENOENT", "EEXIST", "ENOTDIR", "EISDIR", "ENOTEMPTY", "EINVAL"]);

test("what was delivered is what a fresh reading gives", async (t) => {
  const home = temporaryDirectory(t);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const path = mkdtempSync(home.join("run-"));
      const directory: TemporaryDirectory = {
        path,
        join: (...names) => join(path, ...names),
        write: (name, text) => home.write(join(path.slice(home.path.length + 1), name), text),
      };
      const objects = new Map<string, RawObject>();
      let last: FileBatch | undefined;
      const onChange = (batch: FileBatch): void => {
        last = batch;
        for (const { key, value } of batch.edits) {
          if (value === undefined) objects.delete(key);
          else objects.set(key, value);
        }
      };
      const watcher = await watchFiles([path], onChange, { ...known, settleMs: 2 });
      try {
        for (const one of steps) await run(directory, one);
        await watcher.rescan();
      } finally {
        await watcher.close();
      }
      const fresh = await readFiles([path], known);
      assert.deepEqual([...objects].sort(), fresh.edits.map(({ key, value }) => [key, value]).sort());
      assert.deepEqual(last?.diagnostics, fresh.diagnostics);
    }),
    { numRuns: 150 },
  );
});
