/**
 * A directory in which everything is right: Hosts with and without TLS, with a TLSContext and with client
 * certificates, Mappings of three generations, a TCPMapping; and what its clients see.
 */
import { deepEqual } from "node:assert/strict";
import type { AddressOf } from "../envoy/client.ts";
import { send } from "../envoy/client.ts";
import type { Material } from "../envoy/material.ts";
import { expandPlaceholders, upstreamsIn } from "../envoy/placeholders.ts";
import type { RequestSpec } from "../envoy/request-spec.ts";
import type { Upstreams } from "../envoy/upstream.ts";

/** The listener ports of the directory. */
export const goodPorts = [8080, 8443, 9000] as const;

const files: Readonly<Record<string, string>> = {
  "listeners.yaml": `
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: { name: cleartext }
spec: { port: 8080, protocol: HTTP, securityModel: XFP, hostBinding: { namespace: { from: ALL } } }
---
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: { name: tls }
spec: { port: 8443, protocol: HTTPS, securityModel: XFP, hostBinding: { namespace: { from: ALL } } }
`,
  "hosts.yaml": `
apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: { name: plain }
spec:
  hostname: plain.good.test
  requestPolicy: { insecure: { action: Route } }
---
apiVersion: getambassador.io/v2
kind: Host
metadata: { name: secure }
spec:
  hostname: secure.good.test
  tlsSecret: { name: secure }
---
apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: { name: wild }
spec:
  hostname: "*.wild.good.test"
  tlsSecret: { name: wild }
  tlsContext: { name: modern }
---
apiVersion: getambassador.io/v3alpha1
kind: TLSContext
metadata: { name: modern }
spec: { min_tls_version: v1.3 }
---
apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: { name: known }
spec:
  hostname: known.good.test
  tlsSecret: { name: known }
  tls: { ca_secret: clients, cert_required: true }
`,
  "secrets.yaml": `
apiVersion: v1
kind: Secret
type: kubernetes.io/tls
metadata: { name: secure }
data: { tls.crt: "\${CERT:secure:secure.good.test}", tls.key: "\${KEY:secure}" }
---
apiVersion: v1
kind: Secret
type: kubernetes.io/tls
metadata: { name: wild }
data: { tls.crt: "\${CERT:wild:*.wild.good.test}", tls.key: "\${KEY:wild}" }
---
apiVersion: v1
kind: Secret
type: kubernetes.io/tls
metadata: { name: known }
data: { tls.crt: "\${CERT:known:known.good.test}", tls.key: "\${KEY:known}" }
---
apiVersion: v1
kind: Secret
metadata: { name: clients }
data: { tls.crt: "\${CA:clients}" }
`,
  "mappings.yaml": `
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: { name: quote }
spec: { hostname: "*.good.test", prefix: /quote/, service: quote }
---
apiVersion: getambassador.io/v2
kind: Mapping
metadata: { name: echo }
spec: { host: plain.good.test, prefix: /echo/, service: "quote.default:80", rewrite: "" }
---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: { name: item }
spec: { hostname: "*", prefix: "/item/[0-9]+", prefix_regex: true, service: quote, rewrite: "" }
---
apiVersion: getambassador.io/v3alpha1
kind: TCPMapping
metadata: { name: raw }
spec: { port: 9000, service: raw }
`,
  "services.yaml": `
apiVersion: v1
kind: Service
metadata:
  name: quote
  annotations:
    getambassador.io/config: |
      apiVersion: ambassador/v0
      kind: Mapping
      name: old
      prefix: /old/
      host: plain.good.test
      service: quote
spec: { ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: quote-1, labels: { kubernetes.io/service-name: quote } }
addressType: IPv4
ports: [{ port: \${UPSTREAM:quote} }]
endpoints: [{ addresses: [127.0.0.1] }]
---
apiVersion: v1
kind: Service
metadata: { name: raw }
spec: { ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: raw-1, labels: { kubernetes.io/service-name: raw } }
addressType: IPv4
ports: [{ port: \${UPSTREAM:raw:tcp} }]
endpoints: [{ addresses: [127.0.0.1] }]
`,
};

/** The files by name, with the certificates of `material` and the ports of upstreams that are started for them. */
export async function goodFiles(material: Material, upstreams: Upstreams): Promise<Readonly<Record<string, string>>> {
  const ports = new Map<string, number>();
  for (const one of upstreamsIn(Object.values(files))) ports.set(one.name, await upstreams.open(one));
  const expand = (text: string): string => expandPlaceholders(text, material, ({ name }) => ports.get(name) ?? 0);
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, expand(text)]));
}

const served: readonly (RequestSpec & { readonly seen: string })[] = [
  { url: "http://plain.good.test/quote/x", seen: "200 quote GET /x" },
  { url: "http://plain.good.test/echo/x", seen: "200 quote GET /echo/x" },
  { url: "http://plain.good.test/old/x", seen: "200 quote GET /x" },
  { url: "http://plain.good.test/item/7", seen: "200 quote GET /item/7" },
  { url: "http://secure.good.test/quote/", seen: "301" },
  { url: "https://secure.good.test/quote/x", seen: "200 quote GET /x" },
  { url: "https://a.wild.good.test/quote/x", tlsVersion: "TLSv1.3", seen: "200 quote GET /x" },
  {
    url: "https://known.good.test/quote/x",
    clientCertificate: "client:client.test:ca=clients",
    seen: "200 quote GET /x",
  },
  { url: "https://secure.good.test/quote/x", host: "known.good.test", seen: "421" },
  { url: "tcp://raw/", port: 9000, body: "hello", seen: "raw: hello" },
];

/** Fails unless every client of the directory sees what it must. */
export async function checkGood(addressOf: AddressOf, material: Material): Promise<void> {
  const answers = await Promise.all(
    served.map(async ({ seen: _, ...request }) => {
      const answer = await send(request, addressOf, material);
      return [request.url, `${answer.status ?? ""} ${answer.error ?? answer.body}`.trim()];
    }),
  );
  const wanted = served.map(({ url, seen }) => [url, seen]);
  deepEqual(answers, wanted);
}
