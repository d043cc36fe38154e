/** What a desk of a cluster knows of attempts goes with the certificates that they are about. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CertificateCluster } from "../../../control/certificates.ts";
import { ApiFailure } from "../../../control/kube/failure.ts";
import { bundlesOf } from "../bundle.ts";
import { openClusterDesk } from "./desk.ts";

const failure = { reason: "no such name", at: 1, backOffMs: 2 };

test("a failure is known as long as its certificate is looked after", async () => {
  const client = { ask: () => Promise.reject(new ApiFailure(404, {})), close: async () => undefined };
  const cluster = { client, objects: () => new Map() } as unknown as CertificateCluster;
  const desk = openClusterDesk({
    cluster,
    answers: { records: () => [], record: () => undefined, answered: () => undefined } as never,
    statuses: new Map(),
    component: "dragoman",
    log: () => undefined,
    signal: new AbortController().signal,
  });
  const host = { namespace: "default", name: "shop", created: "2026-01-01T00:00:00Z", spec: { hostname: "shop.test" } };
  const [[certificate, bundle] = assert.fail()] = bundlesOf([host]);
  await desk.keepFailure(bundle, failure, "attempt");
  desk.keepOnly(new Set([certificate]));
  assert.deepEqual((await desk.read(bundle)).failure, failure);
  desk.keepOnly(new Set());
  assert.equal((await desk.read(bundle)).failure, undefined);
});
