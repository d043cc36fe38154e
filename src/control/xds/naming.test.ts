/** Who names leaving clusters, kept up to date, against a look at everything. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Encoded, ResourceType } from "#compiler";
import { createNaming, forgetNaming, namedBy, refreshNaming, touchNaming } from "./naming.ts";
import { createSnapshot } from "./snapshot.ts";
import { openSubscription, type Response, type Subscription } from "./subscription.ts";

const leaving = new Map([
  ["x", {}],
  ["y", {}],
]);
const first = { wildcard: true, names: [], versions: {} };

/** Envoy is sent a resource that names clusters, acknowledges it, comes with a version of it, or is told that it is gone. */
const told = fc.record({
  type: fc.constantFrom<ResourceType>("routes", "scope", "listener"),
  name: fc.constantFrom("a", "b"),
  clusters: fc.subarray(["x", "y", "z"]),
  how: fc.constantFrom("sent", "acknowledged", "unknown", "gone"),
});

test("what was told since is all that must be looked at again", () => {
  const property = fc.property(fc.array(fc.tuple(told, fc.boolean()), { maxLength: 30 }), (history) => {
    const naming = createNaming();
    const types = ["routes", "scope", "listener"] as const;
    const subscriptions = new Map<ResourceType, Subscription>(
      types.map((type) => [type, openSubscription(type, first, createSnapshot())]),
    );
    for (const [{ type, name, clusters, how }, isAsked] of history) {
      const { held, inFlight } = subscriptions.get(type) as Subscription;
      const resource: Encoded = { type, name, version: "1", parts: [], clusters: [clusters] };
      inFlight.delete(name);
      if (how === "sent") inFlight.set(name, { resources: [resource] } as unknown as Response);
      else if (how === "gone") held.delete(name);
      else held.set(name, how === "unknown" ? { version: "0" } : { version: "1", resource });
      touchNaming(naming, type, [name]);
      if (!isAsked) continue;
      const before = new Map([...leaving.keys()].map((cluster) => [cluster, namedBy(naming, cluster)]));
      const changed = new Set(refreshNaming(naming, leaving, subscriptions));
      const afresh = createNaming();
      forgetNaming(afresh);
      refreshNaming(afresh, leaving, subscriptions);
      for (const cluster of leaving.keys()) {
        const now = [...namedBy(naming, cluster)].sort();
        assert.deepEqual(now, [...namedBy(afresh, cluster)].sort());
        if (!changed.has(cluster)) assert.deepEqual(now, [...(before.get(cluster) ?? [])].sort());
      }
    }
  });
  fc.assert(property, { numRuns: 500 });
});
