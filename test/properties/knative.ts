/** Arbitrary Ingresses of Knative, with hosts, Services and Secrets that other objects share or lack. */
import fc, { type Arbitrary } from "fast-check";
import type { RawObject } from "#compiler";
import { created, labels, name, namespace } from "./specs.ts";

const host = fc.constantFrom("a.test", "b.a.test", "*.test", "a.backend.svc", "*.b.*");
const headers = fc.constantFrom<Readonly<Record<string, unknown>>>(
  {},
  { "x-a": "1" },
  { "X-A": "%", "x-b": "" },
  { "a b": "1" },
  { host: "b.test" },
);
const split = fc.record(
  {
    serviceName: fc.constantFrom("one", "two", "gone"),
    serviceNamespace: fc.constantFrom("backend", "default"),
    servicePort: fc.constantFrom<unknown>(80, 8080, "web", "gone"),
    percent: fc.constantFrom(0, 10, 33, 50, 100),
    appendHeaders: headers,
  },
  { requiredKeys: ["serviceName"] },
);
const path = fc.record(
  {
    path: fc.constantFrom("/", "/a", "/a/b", "", "a", "/a?b"),
    headers: fc.constantFrom({}, { "x-tag": { exact: "a" } }, { "a b": { exact: "a" } }, { "x-tag": {} }),
    splits: fc.array(split, { maxLength: 3 }),
    appendHeaders: headers,
    rewriteHost: fc.constantFrom("b.test", "a\nb", ""),
    timeout: fc.constantFrom("1m", "0", "soon"),
  },
  { requiredKeys: ["splits"] },
);
const rule = fc.record(
  {
    hosts: fc.array(host, { maxLength: 3 }),
    visibility: fc.constantFrom("ExternalIP", "ExternalIP", "ClusterLocal"),
    http: fc.record({ paths: fc.array(path, { maxLength: 3 }) }),
  },
  { requiredKeys: ["http"] },
);
const section = fc.record(
  {
    hosts: fc.array(host, { maxLength: 2 }),
    secretName: fc.constantFrom("a", "b", "c", "gone"),
    secretNamespace: fc.constantFrom("backend", "default"),
  },
  { requiredKeys: [] },
);
const spec = fc.record(
  {
    httpOption: fc.constantFrom("Enabled", "Redirected"),
    tls: fc.array(section, { maxLength: 2 }),
    rules: fc.array(rule, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

/** Ingresses of Knative; all are ours, where Knative is switched on. */
export const knativeIngresses: Arbitrary<RawObject> = fc
  .record({ name, namespace, labels, created, spec })
  .map(({ name, namespace, labels, created, spec }) => ({
    ref: { group: "networking.internal.knative.dev", kind: "Ingress", namespace, name },
    version: "v1alpha1",
    labels,
    annotations: {},
    ...(created === undefined ? {} : { created }),
    body: { spec },
  }));
