/**
 * Kubernetes' own kinds: what is kept of them, and that everything else changes nothing.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { rawObject } from "../../../../test/raw-object.ts";
import { defaultSettings } from "../../settings.ts";
import { admit } from "../admit.ts";
import type { RawObject } from "../raw-object.ts";

type Case = readonly [what: string, raw: RawObject, spec: unknown];

const slice = { group: "discovery.k8s.io", labels: { "kubernetes.io/service-name": "quote" } };
const ours = { group: "networking.k8s.io", annotations: { "kubernetes.io/ingress.class": "Ambassador" } };

const kept: readonly Case[] = [
  [
    "Secret of a type that holds no certificates",
    rawObject("Secret", "v1", { type: "helm.sh/release.v1", data: { a: "!" } }),
    { type: "other" },
  ],
  [
    "Service",
    rawObject("Service", "v1", {
      spec: {
        clusterIP: "10.0.0.1",
        sessionAffinity: "None",
        selector: { app: "quote" },
        ports: [
          { port: 80, targetPort: "http", nodePort: 30000 },
          { name: "s", port: 443, protocol: "UDP" },
        ],
      },
      status: { loadBalancer: {} },
    }),
    {
      type: "ClusterIP",
      clusterIP: "10.0.0.1",
      ports: [{ port: 80, targetPort: "http", protocol: "TCP" }],
      hasSelector: true,
    },
  ],
  [
    "Service of type ExternalName",
    rawObject("Service", "v1", { spec: { type: "ExternalName", externalName: "a.b", clusterIP: "" } }),
    { type: "ExternalName", externalName: "a.b", ports: [], hasSelector: false },
  ],
  ["Service without anything", rawObject("Service", "v1", {}), { type: "ClusterIP", ports: [], hasSelector: false }],
  [
    "EndpointSlice",
    rawObject(
      "EndpointSlice",
      "v1",
      {
        addressType: "IPv6",
        ports: [{ name: "http", port: 8080, appProtocol: "x" }],
        endpoints: [
          { addresses: ["::1"], conditions: {}, nodeName: "n", targetRef: {} },
          { addresses: ["::2"], conditions: { ready: false }, zone: "z" },
          { addresses: ["::3"], conditions: { ready: false, serving: true, terminating: true } },
          { addresses: ["::4"] },
        ],
      },
      slice,
    ),
    {
      service: "quote",
      addressType: "IPv6",
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      endpoints: [
        { addresses: ["::1"], ready: true, serving: true, terminating: false },
        { addresses: ["::2"], ready: false, serving: false, terminating: false, zone: "z" },
        { addresses: ["::3"], ready: false, serving: true, terminating: true },
        { addresses: ["::4"], ready: true, serving: true, terminating: false },
      ],
    },
  ],
  [
    "EndpointSlice with nulls, as an API server writes it",
    rawObject("EndpointSlice", "v1", { addressType: "IPv4", ports: null, endpoints: null }, slice),
    { service: "quote", addressType: "IPv4", ports: [], endpoints: [] },
  ],
  [
    "Endpoints",
    rawObject("Endpoints", "v1", {
      subsets: [
        {
          addresses: [{ ip: "10.0.0.1", nodeName: "n" }],
          notReadyAddresses: [{ ip: "10.0.0.2" }],
          ports: [{ port: 80 }],
        },
        {},
      ],
    }),
    {
      subsets: [
        { addresses: ["10.0.0.1"], notReadyAddresses: ["10.0.0.2"], ports: [{ port: 80, protocol: "TCP" }] },
        { addresses: [], notReadyAddresses: [], ports: [] },
      ],
    },
  ],
  ["ConfigMap", rawObject("ConfigMap", "v1", { data: { a: "b" }, binaryData: { c: "ZA==" } }), { data: { a: "b" } }],
  ["Namespace", rawObject("Namespace", "v1", { spec: { finalizers: [] } }), {}],
  [
    "Ingress of v1",
    rawObject(
      "Ingress",
      "v1",
      {
        spec: {
          tls: [{ hosts: ["a.b"], secretName: "s" }],
          rules: [
            {
              host: "a.b",
              http: {
                paths: [{ path: "/x", pathType: "Exact", backend: { service: { name: "q", port: { name: "http" } } } }],
              },
            },
          ],
        },
      },
      ours,
    ),
    {
      tls: [{ hosts: ["a.b"], secretName: "s" }],
      rules: [
        {
          host: "a.b",
          paths: [{ path: "/x", pathType: "Exact", backend: { kind: "service", service: "q", port: "http" } }],
        },
      ],
    },
  ],
  [
    "Ingress of extensions/v1beta1",
    rawObject(
      "Ingress",
      "v1beta1",
      { spec: { backend: { serviceName: "q", servicePort: 80 } } },
      { ...ours, group: "extensions" },
    ),
    { defaultBackend: { kind: "service", service: "q", port: 80 }, tls: [], rules: [] },
  ],
  [
    "IngressClass",
    rawObject(
      "IngressClass",
      "v1",
      { spec: { controller: "getambassador.io/ingress-controller" } },
      { group: "networking.k8s.io" },
    ),
    { controller: "getambassador.io/ingress-controller" },
  ],
];

for (const [what, raw, spec] of kept) {
  test(`${what}: what is kept`, () => {
    const { value } = admit(raw, defaultSettings);
    assert.deepEqual(value?.spec, spec);
    assert.equal(value?.ref, raw.ref);
  });
}

const useless: readonly Case[] = [
  ["an EndpointSlice of no Service", rawObject("EndpointSlice", "v1", {}, { group: "discovery.k8s.io" }), undefined],
  ["an Ingress of no class", rawObject("Ingress", "v1", {}, { group: "networking.k8s.io" }), undefined],
  [
    "an Ingress of another class",
    rawObject("Ingress", "v1", {}, { ...ours, annotations: { "kubernetes.io/ingress.class": "nginx" } }),
    undefined,
  ],
  [
    "an Ingress of another instance",
    rawObject(
      "Ingress",
      "v1",
      {},
      { ...ours, annotations: { ...ours.annotations, "getambassador.io/ambassador-id": "b" } },
    ),
    undefined,
  ],
  [
    "an IngressClass of others",
    rawObject("IngressClass", "v1", { spec: { controller: "x" } }, { group: "networking.k8s.io" }),
    undefined,
  ],
];

for (const [what, raw] of useless) {
  test(`${what} is passed over in silence`, () => assert.deepEqual(admit(raw, defaultSettings), { diagnostics: [] }));
}

const bad: readonly Case[] = [
  ["a port that is none", rawObject("Service", "v1", { spec: { ports: [{ port: 99999 }] } }), ".spec.ports[0].port"],
  [
    "an address that is none",
    rawObject("Endpoints", "v1", { subsets: [{ addresses: [{}] }] }),
    ".subsets[0].addresses[0].ip",
  ],
  ["endpoints that are none", rawObject("EndpointSlice", "v1", { endpoints: {} }, slice), ".endpoints"],
];

for (const [what, raw, path] of bad) {
  test(`${what} is reported`, () => {
    const { value, diagnostics } = admit(raw, defaultSettings);
    assert.equal(value, undefined);
    assert.deepEqual(
      diagnostics.map((d) => [d.code, d.at.path]),
      [["object/invalid-field", path]],
    );
  });
}

test("a Knative Ingress is looked at where Knative is switched on", () => {
  const knative = rawObject("Ingress", "v1alpha1", {}, { group: "networking.internal.knative.dev" });
  assert.deepEqual(
    admit(knative, defaultSettings).diagnostics.map((d) => d.code),
    ["ingress/knative-off"],
  );
  const { value, diagnostics } = admit(knative, { ...defaultSettings, knative: true });
  assert.deepEqual([value?.kind, diagnostics], ["KnativeIngress", []]);
});
