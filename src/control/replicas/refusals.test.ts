/** What a replica says of what its Envoy refuses, and in which version of the object. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnose } from "#base/diagnostic.ts";
import { refKey } from "#base/origin.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import { recordName, recordObject, replicaOf } from "./place.ts";
import { isRefusal, refusalsIn } from "./refusals.ts";

const ref = { group: "getambassador.io", kind: "Mapping", namespace: "default", name: "it" };
const objects = new Map([[refKey(ref), { uid: "u", generation: 7 } as ClusterObject]]);

test("a refusal is of an object, by its uid and generation", () => {
  const refused = diagnose("envoy/refused", { ref, path: ".spec" }, "no", { traffic: "nothing" });
  const inAnnotation = diagnose("envoy/refused", { ref: { ...ref, name: "inner" }, path: "" }, "no");
  const other = diagnose("tls/unusable-secret", { ref, path: "" }, "no");
  const found = refusalsIn([refused, inAnnotation, other].filter(isRefusal), objects);
  const object = "Mapping default/it";
  assert.deepEqual(found, [{ object, uid: "u", generation: 7, path: ".spec", message: "no", traffic: "nothing" }]);
});

test("a record is named after its replica, whatever that is called", () => {
  const record = (name: string) => ({ metadata: { name: recordName(name) } });
  assert.equal(recordName("ambassador-1"), "dragoman-replica-ambassador-1");
  assert.equal(replicaOf(record("ambassador-1")), "ambassador-1");
  for (const odd of ["", "My_Host", "-a", "a".repeat(300), "ä"]) {
    assert.match(recordName(odd), /^dragoman-replica-[0-9a-f]{16}$/, odd);
    assert.notEqual(recordName(odd), recordName(`${odd}2`));
  }
});

test("only a Pod of the same namespace owns it", () => {
  const place = { namespace: "ambassador", instance: "default" };
  const ownersIn = (namespace: string): readonly unknown[] => {
    const record = recordObject(place, { name: "p", pod: { uid: "u", namespace } }, {});
    return (record as { readonly metadata: { readonly ownerReferences: readonly unknown[] } }).metadata.ownerReferences;
  };
  assert.deepEqual(ownersIn("ambassador"), [{ apiVersion: "v1", kind: "Pod", name: "p", uid: "u" }]);
  assert.deepEqual(ownersIn("elsewhere"), []);
});
