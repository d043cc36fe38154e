/** What is served of a commit that is not through. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Encoded, ResourceChange, ResourceType } from "#compiler";
import { createSnapshot, type Snapshot } from "../xds/snapshot.ts";
import { createRelease, type Release } from "./release.ts";

let snapshot: Snapshot;
let release: Release;
let served: string[];

beforeEach(() => {
  snapshot = createSnapshot();
  served = [];
  release = createRelease({ snapshot, update: (changes) => snapshot.apply(changes) }, ({ type, name, resource }) =>
    served.push(`${resource ? "" : "-"}${type} ${name}${resource ? ` ${resource.version}` : ""}`),
  );
});

function change(type: ResourceType, name: string, version = "1", ...clusters: readonly string[]): ResourceChange {
  const resource: Encoded = { type, name, version, parts: [], clusters: [clusters] };
  return { type, name, resource };
}

test("a part of a commit serves what nothing else relies on; its end serves the rest, the newest of each", () => {
  release([change("cluster", "c"), change("routes", "r"), { type: "cluster", name: "gone" }], "part");
  assert.deepEqual(served.splice(0), ["cluster c 1"]);
  release([change("routes", "r", "2")], "end");
  assert.deepEqual(served, ["-cluster gone", "routes r 2"]);
});

test("routes that have overtaken a wide change are served, and what has gone is not", () => {
  release([change("routes", "wide")], "part");
  release([change("cluster", "c"), change("routes", "r", "1", "c"), { type: "cluster", name: "gone" }], "overtook");
  assert.deepEqual(served.splice(0), ["cluster c 1", "routes r 1"]);
  release([], "end");
  assert.deepEqual(served, ["routes wide 1", "-cluster gone"]);
});

test("routes wait that name a cluster which is not compiled yet", () => {
  release([change("routes", "r", "1", "later")], "overtook");
  assert.deepEqual(served, []);
  release([change("cluster", "later")], "end");
  assert.deepEqual(served.sort(), ["cluster later 1", "routes r 1"]);
});

test("nothing overtakes a listener or a filter's configuration", () => {
  release([change("extension", "e")], "part");
  release([change("routes", "r")], "overtook");
  assert.deepEqual(served, []);
  release([change("listener", "l")], "end");
  assert.deepEqual(served, ["extension e 1", "routes r 1", "listener l 1"]);
});
