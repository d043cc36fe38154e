/**
 * Objects as API servers of all sorts show them, and the version whose form they have.
 * What a real API server notes about its writers is tested in test/kube/written-version.test.ts.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { writtenVersion } from "./written-version.ts";

const group = "getambassador.io";

function writer(version: string, time: string, fields: Readonly<Record<string, unknown>> = { "f:spec": {} }): unknown {
  return { manager: "x", operation: "Update", apiVersion: `${group}/${version}`, time, fieldsV1: fields };
}

test("an object without notes about its writers has the form of the version that it is shown in", () => {
  assert.equal(writtenVersion({ group, version: "v2" }, {}, { prefix: "/" }), "v2");
  assert.equal(writtenVersion({ group, version: "v2" }, { managedFields: "odd" }, undefined), "v2");
  assert.equal(writtenVersion({ group, version: "v2" }, { managedFields: [null, 5, {}] }, undefined), "v2");
});

test("the last one who wrote the spec counts, and of two at the same time the newer version", () => {
  const written = (...managedFields: unknown[]): string =>
    writtenVersion({ group, version: "v2" }, { managedFields }, undefined);
  const [early, late] = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"];
  assert.equal(written(writer("v3alpha1", late), writer("v2", early)), "v3alpha1");
  assert.equal(written(writer("v3alpha1", early), writer("v2", late)), "v2");
  assert.equal(written(writer("v3alpha1", late), writer("v2", late)), "v3alpha1");
});

test("an object that a webhook has converted has the form of its version, whoever wrote it", () => {
  const metadata = { managedFields: [writer("v3alpha1", "2026-01-01T00:00:00Z")] };
  const spec = { ambassador_id: ["--apiVersion-v3alpha1-only--default"] };
  assert.equal(writtenVersion({ group, version: "v2" }, metadata, spec), "v2");
});

test("what is shown as v3alpha1 has no other version, or was converted to it", () => {
  const metadata = { managedFields: [writer("v2", "2026-01-01T00:00:00Z")] };
  assert.equal(writtenVersion({ group, version: "v3alpha1" }, metadata, {}), "v3alpha1");
});

test("Kubernetes converts its own kinds", () => {
  const metadata = { managedFields: [{ ...(writer("v1beta1", "2026-01-01T00:00:00Z") as object) }] };
  assert.equal(writtenVersion({ group: "networking.k8s.io", version: "v1" }, metadata, {}), "v1");
});
