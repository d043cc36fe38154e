/** What is kept of an object of a cluster. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keepObject } from "./object.ts";

const secrets = { group: "", version: "v1", plural: "secrets", kind: "Secret", namespaced: true };

test("a manifest without what changes by itself", () => {
  const { raw, uid, resourceVersion, generation, status } = keepObject(
    {
      metadata: {
        name: "quote",
        namespace: "default",
        uid: "u",
        resourceVersion: "7",
        generation: 2,
        creationTimestamp: "2026-01-01T00:00:00Z",
        labels: { app: "quote" },
        annotations: { note: "n", "kubectl.kubernetes.io/last-applied-configuration": "{}" },
        managedFields: [{}],
      },
      spec: { ports: [] },
      status: { loadBalancer: {} },
    },
    { group: "", version: "v1", plural: "services", kind: "Service", namespaced: true },
  );
  assert.deepEqual(raw, {
    ref: { group: "", kind: "Service", namespace: "default", name: "quote" },
    version: "v1",
    labels: { app: "quote" },
    annotations: { note: "n" },
    created: "2026-01-01T00:00:00Z",
    body: { spec: { ports: [] } },
  });
  assert.deepEqual(
    { uid, resourceVersion, generation, status },
    {
      uid: "u",
      resourceVersion: "7",
      generation: 2,
      status: { loadBalancer: {} },
    },
  );
});

test("of a ConfigMap, its metadata", () => {
  const resource = { group: "", version: "v1", plural: "configmaps", kind: "ConfigMap", namespaced: true };
  const { raw } = keepObject({ metadata: { name: "c", annotations: { note: "n" } }, data: { large: "…" } }, resource);
  assert.deepEqual([raw.annotations, raw.body], [{ note: "n" }, {}]);
});

test("of a Secret, only what may be a certificate", () => {
  const keep = (type: string) =>
    keepObject({ metadata: { name: "s" }, type, data: { "tls.crt": "Yw==", password: "cA==" } }, secrets).raw.body;
  assert.deepEqual(keep("kubernetes.io/tls"), { type: "kubernetes.io/tls", data: { "tls.crt": "Yw==" } });
  assert.deepEqual(keep("helm.sh/release.v1"), { type: "helm.sh/release.v1", data: {} });
});
