import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultKeptStats } from "../keeper/bootstrap.ts";
import { keptStats } from "./kept-stats.ts";

test("names that contain a text are kept beside the usual ones, or all of them", () => {
  assert.deepEqual(keptStats({}), defaultKeptStats);
  assert.deepEqual(keptStats({ DRAGOMAN_STATS: ".lb_, dns." }).slice(-2), [{ contains: ".lb_" }, { contains: "dns." }]);
  assert.equal(keptStats({ DRAGOMAN_STATS: "all" }), "all");
});
