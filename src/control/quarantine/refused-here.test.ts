/** What is remembered of refusals, and for how long. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Encoded } from "#compiler";
import type { Refused } from "../xds/refusal.ts";
import { createSnapshot } from "../xds/snapshot.ts";
import { createRefusedHere } from "./refused-here.ts";

const log = (): void => undefined;

/** A server of one resource at a time, and what it is asked to send again. */
function scene() {
  const snapshot = createSnapshot();
  const retried: string[] = [];
  const retry = (_type: string, name: string, version: string): void => void retried.push(`${name} ${version}`);
  const serve = (name: string, version: string): void => {
    const resource: Encoded = { type: "routes", name, version, parts: [] };
    snapshot.apply([{ type: "routes", name, resource }]);
  };
  return { refusedHere: createRefusedHere({ snapshot, retry }), serve, retried };
}

const refused = (name: string, version: string): Refused => {
  return { type: "routes", name, version, message: "no", replaces: true, nodeId: "n", envoyVersion: "1.40.0" };
};

test("old content that comes back is known to be refused", () => {
  const { refusedHere, serve } = scene();
  assert.equal(refusedHere.note(refused("a", "1"), log), true);
  serve("a", "2");
  assert.equal(refusedHere.current("routes", "a"), undefined);
  serve("a", "1");
  assert.equal(refusedHere.current("routes", "a")?.message, "no");
});

test("of a thousand and more refusals the oldest is forgotten, and will be judged anew; what is served is not", () => {
  const { refusedHere, serve, retried } = scene();
  serve("stays", "0");
  refusedHere.note(refused("stays", "0"), log);
  for (let i = 1; i <= 1_001; i++) {
    serve("a", String(i));
    refusedHere.note(refused("a", String(i)), log);
  }
  assert.deepEqual(retried, ["a 1", "a 2"]);
  assert.ok(refusedHere.current("routes", "stays"));
  serve("a", "2");
  assert.equal(refusedHere.current("routes", "a"), undefined);
  serve("a", "3");
  assert.ok(refusedHere.current("routes", "a"));
});
