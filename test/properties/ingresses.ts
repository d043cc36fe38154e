/** Arbitrary Ingresses and IngressClasses, with hosts, Services and Secrets that other objects share or lack. */
import fc, { type Arbitrary } from "fast-check";
import type { RawObject } from "#compiler";
import { created, labels, name, namespace } from "./specs.ts";

const group = "networking.k8s.io";
const host = fc.constantFrom("a.test", "b.a.test", "*.test", "*.a.test", "", "*", "a.*", "a.test:80", "*.b.*");
const service = fc.constantFrom("one", "two", "a", "gone");
const port = fc.constantFrom<unknown>(
  { number: 80 },
  { number: 8080 },
  { name: "web" },
  { name: "gone" },
  {},
  { number: 0 },
);
const backend = fc.oneof(
  { weight: 8, arbitrary: fc.record({ service: fc.record({ name: service, port }) }) },
  { weight: 1, arbitrary: fc.constantFrom({}, { resource: { kind: "Bucket", name: "x" } }, { serviceName: "one" }) },
);
const path = fc.record(
  {
    path: fc.constantFrom("/", "/a", "/a/", "/a/b", "//", "", "a", "/a?b", "/ä"),
    pathType: fc.constantFrom("Exact", "Prefix", "Prefix", "ImplementationSpecific", "Other"),
    backend,
  },
  { requiredKeys: [] },
);
const rule = fc.record({ host, http: fc.record({ paths: fc.array(path, { maxLength: 3 }) }) }, { requiredKeys: [] });
const section = fc.record(
  { hosts: fc.array(host, { maxLength: 2 }), secretName: fc.constantFrom("a", "b", "c", "gone") },
  { requiredKeys: [] },
);
const annotations = fc.constantFrom<Readonly<Record<string, string>>>(
  { "kubernetes.io/ingress.class": "ambassador" },
  { "kubernetes.io/ingress.class": "Ambassador", "getambassador.io/ingress-legacy-paths": "true" },
  { "kubernetes.io/ingress.class": "ambassador", "getambassador.io/ingress-legacy-paths": "maybe" },
  {},
);
const spec = fc.record(
  {
    ingressClassName: fc.constantFrom("a", "ambassador"),
    defaultBackend: backend,
    tls: fc.array(section, { maxLength: 2 }),
    rules: fc.array(rule, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

/** Ingresses; most are ours. */
export const ingresses: Arbitrary<RawObject> = fc
  .record({ name, namespace, labels, created, annotations, spec })
  .map(({ name, namespace, labels, created, annotations, spec }) => ({
    ref: { group, kind: "Ingress", namespace, name },
    version: "v1",
    labels,
    annotations,
    ...(created === undefined ? {} : { created }),
    body: { spec },
  }));

/** IngressClasses, ours or of others. */
export const ingressClasses: Arbitrary<RawObject> = fc
  .record({ name, controller: fc.constantFrom("getambassador.io/ingress-controller", "example.com/other") })
  .map(({ name, controller }) => ({
    ref: { group, kind: "IngressClass", namespace: "", name },
    version: "v1",
    labels: {},
    annotations: {},
    body: { spec: { controller } },
  }));
