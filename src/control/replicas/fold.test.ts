/** Whom an object waits for and who refuses it, as a table: what replicas say, and the object. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import { foldReplicas, isAsFar, namesOf, type Replica } from "./fold.ts";
import type { ReplicaRefusal } from "./record.ts";

const hosts = { group: "getambassador.io", version: "v2", plural: "hosts", kind: "Host", namespaced: true };
const ref = { group: hosts.group, kind: "Host", namespace: "default", name: "it" };

function object(manifestVersion: string, { uid = "u", generation = 2 } = {}): ClusterObject {
  return {
    raw: { ref, version: "v2", labels: {}, annotations: {}, body: {} },
    resource: hosts,
    uid,
    resourceVersion: "999",
    manifestVersion,
    generation,
    status: undefined,
  };
}

const refusal = (generation: number, traffic?: string): ReplicaRefusal => {
  const words = {
    object: "Host default/it",
    uid: "u",
    generation,
    path: ".spec.x",
    message: "Envoy 1.37 refuses it: no",
  };
  return traffic === undefined ? words : { ...words, traffic };
};

function replica(name: string, version: string | undefined, ...refusals: readonly ReplicaRefusal[]): Replica {
  const known = version === undefined ? [] : [["hosts.getambassador.io", version] as const];
  return { name, acknowledged: new Map([["mappings.getambassador.io", "1"], ...known]), refusals };
}

interface Row {
  readonly what: string;
  readonly replicas: readonly Replica[];
  readonly object: ClusterObject;
  readonly behind: readonly string[];
  readonly refused?: string;
}

const rows: readonly Row[] = [
  { what: "nobody there", replicas: [], object: object("10"), behind: [] },
  { what: "acknowledged by all", replicas: [replica("a", "10"), replica("b", "12")], object: object("10"), behind: [] },
  {
    what: "acknowledged by some",
    replicas: [replica("a", "10"), replica("b", "9"), replica("c", "8")],
    object: object("10"),
    behind: ["b", "c"],
  },
  {
    what: "a version with another number of digits",
    replicas: [replica("a", "100")],
    object: object("99"),
    behind: [],
  },
  { what: "the same the other way", replicas: [replica("a", "99")], object: object("100"), behind: ["a"] },
  {
    what: "a replica that has found none of the kind",
    replicas: [replica("a", "0")],
    object: object("1"),
    behind: ["a"],
  },
  {
    what: "a replica that does not know the kind, beside one that is behind",
    replicas: [replica("old", undefined), replica("b", "9")],
    object: object("10"),
    behind: ["b"],
  },
  {
    what: "only replicas that do not know the kind",
    replicas: [replica("old", undefined)],
    object: object("10"),
    behind: [],
  },
  {
    what: "refused by one",
    replicas: [replica("a", "10"), replica("b", "10", refusal(2, "it is not served"))],
    object: object("10"),
    behind: [],
    refused: ".spec.x at replica b: Envoy 1.37 refuses it: no (there it is not served)",
  },
  {
    what: "refused by several, in the words of the first",
    replicas: [replica("a", "10", refusal(2)), replica("b", "10", refusal(2))],
    object: object("10"),
    behind: [],
    refused: ".spec.x at replicas a, b: Envoy 1.37 refuses it: no",
  },
  { what: "refused as it was before", replicas: [replica("b", "9", refusal(1))], object: object("10"), behind: ["b"] },
  {
    what: "another object of that name refused",
    replicas: [replica("b", "10", refusal(2))],
    object: object("10", { uid: "another" }),
    behind: [],
  },
];

for (const { what, replicas, object, behind, refused } of rows) {
  test(what, () => {
    const folded = foldReplicas(replicas);
    assert.deepEqual(folded.behind(object), behind);
    const found = folded.refused(object);
    const seen = found?.traffic === undefined ? "" : ` (${found.traffic})`;
    assert.equal(found && `${found.at.path} ${found.message}${seen}`, refused);
    assert.ok(!found || (found.severity === "error" && found.code === "envoy/refused" && found.at.ref === ref));
  });
}

test("of many names only some are said", () => {
  assert.equal(namesOf(["a"]), "replica a");
  assert.equal(namesOf(["a", "b", "c"]), "replicas a, b, c");
  assert.equal(namesOf(["a", "b", "c", "d", "e"]), "replicas a, b, c and 2 more");
});

test("the order of replicas changes nothing but that of their names", () => {
  const replicas = [replica("a", "9"), replica("b", "11"), replica("c", "10"), replica("d", undefined)];
  for (const version of ["8", "9", "10", "11", "12"]) {
    const one = foldReplicas(replicas).behind(object(version));
    assert.deepEqual([...foldReplicas(replicas.toReversed()).behind(object(version))].sort(), one);
  }
});

test("as far as before is who has acknowledged at least as much, and refuses the same", () => {
  const [a, b] = [replica("a", "9"), replica("b", "9", refusal(2))];
  const same = (...now: readonly Replica[]) => isAsFar([a, b], now);
  assert.equal(same(a, b), true);
  assert.equal(same(replica("a", "10"), replica("b", "10", refusal(2))), true);
  assert.equal(same(replica("a", "8"), b), false);
  assert.equal(same(replica("a", undefined), b), true);
  assert.equal(isAsFar([replica("a", undefined)], [a]), false);
  assert.equal(same(a, replica("b", "9")), false);
  assert.equal(same(a, replica("c", "9", refusal(2))), false);
  assert.equal(same(a), false);
  assert.equal(same(a, b, replica("c", "9")), false);
});
