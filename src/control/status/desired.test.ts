/** What a status should say, as a table: the object, what is wrong with it, what is written. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import type { OwnService } from "../sources/kubernetes/own-service.ts";
import { statusChange } from "./desired.ts";
import type { Standing, StatusContext } from "./standing.ts";

const group = "getambassador.io";

function object(kind: string, spec: unknown, status: unknown): ClusterObject {
  const ref = { group: kind === "Ingress" ? "networking.k8s.io" : group, kind, namespace: "default", name: "it" };
  return {
    raw: { ref, version: "v2", labels: {}, annotations: {}, body: { spec } },
    resource: { group: ref.group, version: "v2", plural: "its", kind, namespaced: true },
    uid: "u",
    resourceVersion: "1",
    manifestVersion: "1",
    generation: 1,
    status,
  };
}

const at = (kind: string, path: string) => ({ ref: { group, kind, namespace: "default", name: "it" }, path });
const wrong = (kind: string): readonly Diagnostic[] => [
  diagnose("tls/unusable-secret", at(kind, ".spec.tlsSecret"), "there is no Secret", { traffic: "no TLS" }),
];
const reason = ".spec.tlsSecret: there is no Secret (no TLS)";
const now = "2026-01-02T00:00:00Z";
const before = "2026-01-01T00:00:00Z";

interface Row {
  readonly what: string;
  readonly object: ClusterObject;
  readonly errors?: readonly Diagnostic[];
  readonly isOurs?: boolean;
  readonly certificate?: Standing["certificate"];
  readonly behind?: readonly string[];
  readonly context?: Partial<StatusContext>;
  readonly written: unknown;
}

const domain = "ambassador.default.svc.cluster.local";
const service = (loadBalancer: OwnService["loadBalancer"]): OwnService => ({
  ref: at("Service", "").ref,
  domain,
  loadBalancer,
});
const there = { ingress: [{ domainInternal: domain }] };
const within = { publicLoadBalancer: there, privateLoadBalancer: there };
const conditions = (lastTransitionTime: string) =>
  ["LoadBalancerReady", "NetworkConfigured", "Ready"].map((type) => ({ lastTransitionTime, type, status: "True" }));
function knative(status: unknown): ClusterObject {
  const { raw, ...rest } = object("Ingress", {}, status);
  return { ...rest, raw: { ...raw, ref: { ...raw.ref, group: "networking.internal.knative.dev" } } };
}

const ready = { state: "Ready", tlsCertificateSource: "None" };
const condition = (status: string, reason: string, message: string, lastTransitionTime: string) => {
  return { type: "Ready", status, reason, message, observedGeneration: 1, lastTransitionTime };
};
const inForce = condition("True", "InForce", "it is in force", before);
const unusable = (since: string) => condition("False", "UnusableSecret", reason, since);
const foreign = { type: "Seen", status: "True" };

const rows: readonly Row[] = [
  { what: "a Host that is served", object: object("Host", {}, undefined), written: ready },
  {
    what: "a Host with somebody's certificate",
    object: object("Host", { tlsSecret: { name: "s" } }, undefined),
    written: { state: "Ready", tlsCertificateSource: "Other" },
  },
  { what: "a Host that says so already", object: object("Host", {}, ready), written: undefined },
  {
    what: "a Host that was in error",
    object: object("Host", {}, { ...ready, state: "Error", errorReason: "x", errorTimestamp: before }),
    written: { state: "Ready", errorReason: null, errorTimestamp: null },
  },
  {
    what: "a Host with an error",
    object: object("Host", {}, ready),
    errors: wrong("Host"),
    written: { state: "Error", errorReason: reason, errorTimestamp: now },
  },
  {
    what: "a Host with the same error as before keeps its time",
    object: object("Host", {}, { ...ready, state: "Error", errorReason: reason, errorTimestamp: before }),
    errors: wrong("Host"),
    written: undefined,
  },
  {
    what: "a Host whose certificate is being obtained",
    object: object("Host", {}, { ...ready, errorReason: "x" }),
    certificate: { tlsCertificateSource: "ACME", state: "Pending", phaseCompleted: "NA" },
    written: { tlsCertificateSource: "ACME", state: "Pending", phaseCompleted: "NA", errorReason: null },
  },
  {
    what: "a Host without a certificate, which is more than other errors",
    object: object("Host", {}, { ...ready, tlsCertificateSource: "ACME" }),
    errors: wrong("Host"),
    certificate: { tlsCertificateSource: "ACME", state: "Error", errorReason: "no name", errorBackoff: "2m0s" },
    written: { state: "Error", errorReason: "no name", errorBackoff: "2m0s" },
  },
  {
    what: "a Host with a certificate and an error",
    object: object("Host", {}, { ...ready, tlsCertificateSource: "ACME" }),
    errors: wrong("Host"),
    certificate: { tlsCertificateSource: "ACME", state: "Ready" },
    written: { state: "Error", errorReason: reason, errorTimestamp: now },
  },
  {
    what: "a Host of whose certificate nothing is known yet",
    object: object("Host", { acmeProvider: {} }, undefined),
    certificate: "unknown",
    written: undefined,
  },
  {
    what: "a Host with an authority where nobody obtains certificates",
    object: object("Host", { acmeProvider: {} }, undefined),
    written: { state: "Ready", tlsCertificateSource: "ACME" },
  },
  {
    what: "a Host that waits for a replica",
    object: object("Host", {}, ready),
    behind: ["a"],
    written: { state: "Pending" },
  },
  {
    what: "a Host with a certificate that waits for a replica",
    object: object("Host", {}, { ...ready, tlsCertificateSource: "ACME" }),
    certificate: { tlsCertificateSource: "ACME", state: "Ready" },
    behind: ["a"],
    written: { state: "Pending" },
  },
  {
    what: "a Host with an error, whoever waits",
    object: object("Host", {}, { ...ready, state: "Error", errorReason: reason, errorTimestamp: before }),
    errors: wrong("Host"),
    behind: ["a"],
    written: undefined,
  },
  {
    what: "a new Mapping that waits",
    object: object("Mapping", {}, undefined),
    behind: ["a"],
    context: { updateMappings: true },
    written: undefined,
  },
  {
    what: "a mended Mapping that waits",
    object: object("Mapping", {}, { state: "Inactive", reason: "x" }),
    behind: ["a", "b"],
    written: { reason: "not every replica has acknowledged it yet" },
  },
  {
    what: "an Ingress that waits",
    object: object("Ingress", {}, undefined),
    behind: ["a"],
    context: { service: service({ ingress: [{ ip: "203.0.113.7" }] }) },
    written: undefined,
  },
  {
    what: "a condition that waits",
    object: object("TLSContext", {}, { conditions: [inForce] }),
    behind: ["a"],
    written: { conditions: [condition("Unknown", "Waiting", "replica a has not acknowledged it yet", now)] },
  },
  {
    what: "a condition that says already for whom it waits, or waited",
    object: object("TLSContext", {}, { conditions: [condition("Unknown", "Waiting", "x", before)] }),
    behind: ["a"],
    written: undefined,
  },
  {
    what: "a condition that has waited",
    object: object("TLSContext", {}, { conditions: [condition("Unknown", "Waiting", "x", before)] }),
    written: { conditions: [{ ...inForce, lastTransitionTime: now }] },
  },
  { what: "somebody else's Host", object: object("Host", {}, undefined), isOurs: false, written: undefined },
  { what: "a Mapping that is well", object: object("Mapping", {}, undefined), written: undefined },
  {
    what: "a Mapping that is well, where that is to be said",
    object: object("Mapping", {}, undefined),
    context: { updateMappings: true },
    written: { state: "Running" },
  },
  {
    what: "a Mapping with an error",
    object: object("Mapping", {}, { state: "Running" }),
    errors: wrong("Mapping"),
    written: { state: "Inactive", reason },
  },
  {
    what: "a Mapping that is mended",
    object: object("Mapping", {}, { state: "Inactive", reason }),
    written: { state: null, reason: null },
  },
  {
    what: "an object of another kind",
    object: object("TLSContext", {}, undefined),
    written: { conditions: [{ ...inForce, lastTransitionTime: now }] },
  },
  {
    what: "an object that says so already",
    object: object("TLSContext", {}, { conditions: [inForce] }),
    written: undefined,
  },
  {
    what: "an object with an error, and somebody else's condition",
    object: object("TLSContext", {}, { conditions: [inForce, foreign] }),
    errors: wrong("TLSContext"),
    written: { conditions: [unusable(now), foreign] },
  },
  {
    what: "an object with the same error as before, but for another generation, keeps its time",
    object: object("TLSContext", {}, { conditions: [{ ...unusable(before), observedGeneration: 0 }] }),
    errors: wrong("TLSContext"),
    written: { conditions: [unusable(before)] },
  },
  { what: "somebody else's object", object: object("Module", {}, undefined), isOurs: false, written: undefined },
  {
    what: "an Ingress while the gateway's Service has no address",
    object: object("Ingress", {}, { loadBalancer: {} }),
    written: undefined,
  },
  {
    what: "an Ingress",
    object: object("Ingress", {}, { loadBalancer: {} }),
    context: { service: service({ ingress: [{ ip: "192.0.2.1" }] }) },
    written: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } },
  },
  {
    what: "an Ingress of a gateway that is reached by name",
    object: object("Ingress", {}, { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } }),
    context: { service: service({ ingress: [{ hostname: "lb.example.com" }] }) },
    written: { loadBalancer: { ingress: [{ hostname: "lb.example.com" }] } },
  },
  {
    what: "an Ingress whose address the gateway's Service has lost",
    object: object("Ingress", {}, { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } }),
    context: { service: service(null) },
    written: { loadBalancer: null },
  },
  {
    what: "an Ingress that says so already",
    object: object("Ingress", {}, { loadBalancer: {} }),
    context: { service: service(null) },
    written: undefined,
  },
  {
    what: "an Ingress of a gateway whose Service never waits for an address",
    object: object("Ingress", {}, { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } }),
    context: { service: service(undefined) },
    written: undefined,
  },
  {
    what: "a Knative Ingress",
    object: knative(undefined),
    context: { service: service(undefined) },
    written: { observedGeneration: 1, conditions: conditions(now), ...within },
  },
  {
    what: "a Knative Ingress that says so already",
    object: knative({ observedGeneration: 1, conditions: conditions(before), ...within }),
    context: { service: service(undefined) },
    written: undefined,
  },
  {
    what: "a Knative Ingress with an error",
    object: knative({ observedGeneration: 0, conditions: conditions(before), ...within }),
    errors: wrong("Ingress"),
    context: { service: service(undefined) },
    written: {
      observedGeneration: 1,
      conditions: conditions(before).map((condition) =>
        condition.type === "LoadBalancerReady"
          ? condition
          : { lastTransitionTime: now, type: condition.type, status: "False", reason: "Invalid", message: reason },
      ),
    },
  },
];

for (const { what, object, errors = [], isOurs = true, certificate, behind = [], context, written } of rows) {
  test(what, () => {
    const whole = { now, updateMappings: false, service: undefined, ...context };
    assert.deepEqual(statusChange(object, { errors, isOurs, certificate, behind }, whole), written);
  });
}

test("a reason is not longer than people read", () => {
  const long = Array.from({ length: 100 }, () => wrong("Mapping")).flat();
  const change = statusChange(
    object("Mapping", {}, undefined),
    { errors: long, isOurs: true },
    {
      now,
      updateMappings: false,
      service: undefined,
    },
  );
  assert.equal(String(change?.["reason"]).length, 1000);
});
