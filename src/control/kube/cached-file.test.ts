/** What is believed of a file that somebody else replaces. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { temporaryDirectory } from "../../../test/temporary-directory.ts";
import { AccessUnavailable } from "./access.ts";
import { cachedFile } from "./cached-file.ts";

const minute = 60_000;

for (const nothing of ["", " \n"]) {
  test(`while it holds ${JSON.stringify(nothing)}, what it held before counts, and it is looked at each time`, async (t) => {
    const directory = temporaryDirectory(t);
    let now = 0;
    const file = cachedFile(directory.join("token"), "the token", () => now);
    directory.write("token", "old");
    assert.equal(await file.text(), "old");
    directory.write("token", nothing);
    now += minute;
    assert.equal(await file.text(), "old");
    directory.write("token", "new");
    assert.equal(await file.text(), "new");
  });

  test(`with ${JSON.stringify(nothing)} and nothing before, there is no access`, async (t) => {
    const directory = temporaryDirectory(t);
    const file = cachedFile(directory.join("token"), "the token");
    const isEmpty = (error: unknown) =>
      error instanceof AccessUnavailable && /^the token: .* is empty\.$/.test(error.message);
    directory.write("token", nothing);
    await assert.rejects(file.text(), isEmpty);
    directory.write("token", "old");
    assert.equal(await file.text(), "old");
    directory.write("token", nothing);
    file.drop();
    await assert.rejects(file.text(), isEmpty, "what the server has refused does not come back");
  });
}
