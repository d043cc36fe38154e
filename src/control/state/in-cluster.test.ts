/** What becomes of state that a cluster does not take. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { AccessUnavailable } from "../kube/access.ts";
import { openClusterState } from "./in-cluster.ts";

const ref = { group: "getambassador.io", kind: "Mapping", namespace: "default", name: "shop" };
const object = { ref, version: "v3alpha1", labels: {}, annotations: {}, body: {} };
const state = { lastGood: { shop: { object } }, refusals: {} };

test("what cannot be written is tried again once a while, whatever is in the way, and not once for each attempt", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let asked = 0;
  let failure: Error | undefined = new AccessUnavailable("the token cannot be read");
  const client = {
    async ask() {
      asked++;
      if (failure) throw failure;
      return {};
    },
  };
  const { signal } = new AbortController();
  const told: string[] = [];
  const log = (level: string): void => void told.push(level);
  const cluster = openClusterState({ client, namespace: "own", ambassadorId: "default", log, signal });
  await cluster.lead(signal);
  await cluster.write(state);
  await cluster.write(state);
  assert.equal(asked, 2);
  t.mock.timers.tick(5_000);
  await turn();
  assert.equal(asked, 3);
  failure = undefined;
  t.mock.timers.tick(10_000);
  await turn();
  assert.equal(asked, 4);
  t.mock.timers.tick(60_000);
  await turn();
  assert.equal(asked, 4);
  assert.deepEqual(told, ["warning", "warning", "warning"]);
});
