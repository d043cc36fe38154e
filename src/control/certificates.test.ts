import assert from "node:assert/strict";
import { test } from "node:test";
import { rawResource } from "../../test/raw-object.ts";
import { concernsCertificates } from "./certificates.ts";

const edited = (kind: string, annotations = {}): boolean =>
  concernsCertificates({ kind: "object", key: "one", value: { ...rawResource(kind, "v3alpha1", {}), annotations } });

test("certificates are looked through for Hosts, Secrets, what goes, and what may hold a Host", () => {
  assert.deepEqual(
    ["Host", "Secret"].map((kind) => edited(kind)),
    [true, true],
  );
  assert.equal(concernsCertificates({ kind: "object", key: "one" }), true);
  assert.equal(edited("Service", { "getambassador.io/config": "kind: Host" }), true);
});

test("other edits, of which there are many, do not have all Hosts looked through", () => {
  assert.deepEqual(
    ["Mapping", "EndpointSlice", "Service"].map((kind) => edited(kind)),
    [false, false, false],
  );
  assert.equal(concernsCertificates({ kind: "refusal", key: "one" }), false);
});
