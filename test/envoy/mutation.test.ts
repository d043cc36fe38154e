import assert from "node:assert/strict";
import { test } from "node:test";
import type { RawObject } from "#compiler";
import { mutationsOf } from "./mutation.ts";

const object: RawObject = {
  ref: { group: "getambassador.io", kind: "Mapping", namespace: "default", name: "m" },
  version: "v2",
  labels: { app: "x" },
  annotations: {},
  body: { spec: { prefix: "/", ports: [1, { deep: true }] } },
};

test("every field is removed once and every scalar changed once", () => {
  const mutations = [...mutationsOf(object)];
  assert.deepEqual(
    mutations.map(({ field, how }) => `${field} ${how}`),
    [
      "Mapping v2 .spec removed",
      "Mapping v2 .spec.prefix removed",
      "Mapping v2 .spec.prefix changed",
      "Mapping v2 .spec.ports removed",
      "Mapping v2 .spec.ports[] removed",
      "Mapping v2 .spec.ports[] changed",
      "Mapping v2 .spec.ports[] removed",
      "Mapping v2 .spec.ports[].deep removed",
      "Mapping v2 .spec.ports[].deep changed",
      "Mapping v2 .metadata.labels.app removed",
      "Mapping v2 .metadata.labels.app changed",
    ],
  );
  assert.deepEqual(mutations[7]?.object.body, { spec: { prefix: "/", ports: [1, {}] } });
  assert.deepEqual(mutations[9]?.object.labels, {});
  assert.deepEqual(object.labels, { app: "x" });
});
