/** A directory that becomes a link out of what is read, while what it held before is still changed. */
import assert from "node:assert/strict";
import { appendFileSync, renameSync, symlinkSync } from "node:fs";
import { test } from "node:test";
import { mappingText, temporaryDirectory } from "../../../../test/temporary-directory.ts";
import { type FileBatch, watchFiles } from "./files.ts";

test("nothing is read through a link that has taken the place of a directory", async (t) => {
  const directory = temporaryDirectory(t);
  directory.write("in/sub/a.yaml", mappingText("a"));
  directory.write("outside/a.yaml", mappingText("a", "outside"));
  const batches: FileBatch[] = [];
  const gone = Promise.withResolvers<void>();
  const onChange = (batch: FileBatch): void => {
    batches.push(batch);
    if (batches.length > 1) gone.resolve();
  };
  const watcher = await watchFiles([directory.join("in")], onChange, { isKnownKind: () => true });
  t.after(() => watcher.close());
  renameSync(directory.join("in", "sub"), directory.join("was"));
  symlinkSync("../outside", directory.join("in", "sub"));
  // The kernel tells of it under the name that the directory had.
  appendFileSync(directory.join("was", "a.yaml"), "# changed\n");
  await gone.promise;
  await watcher.rescan();
  const services = batches.flatMap(({ edits }) => edits.map(({ value }) => value?.body["spec"]));
  assert.deepEqual(services, [{ prefix: "/a/", service: "s" }, undefined]);
  assert.deepEqual(
    batches.at(-1)?.diagnostics.map(({ code }) => code),
    ["files/outside"],
  );
});
