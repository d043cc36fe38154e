/** What stands between the sockets and the routes: Listeners, Hosts, TLSContexts, TCPMappings and their Secrets. */
import fc, { type Arbitrary } from "fast-check";
import { hostSchema } from "../../src/compiler/api/ambassador/host.ts";
import { listenerSchema } from "../../src/compiler/api/ambassador/listener.ts";
import { tcpMappingSchema } from "../../src/compiler/api/ambassador/tcp-mapping.ts";
import { tlsContextSchema } from "../../src/compiler/api/ambassador/tls-context.ts";
import { type Manifest, portOf, resource } from "./manifest.ts";
import { ourId, upstreamValues } from "./mapping-values.ts";
import { moreFields, type Values } from "./more-fields.ts";
import { globs, seldom, withoutUndefined } from "./wanted.ts";

/** The ports that anything listens on. */
export const ports = [80, 443, 8080, 8081, 8088, 8443, 9000, 9443] as const;

/** The upstream of TCPMapping number `i`. */
const tcpUpstream = (i: number): string => `t${i}`;

const tlsValues: Values = {
  ambassador_id: ourId,
  cert_chain_file: fc.constantFrom("/certs/tls.crt"),
  private_key_file: fc.constantFrom("/certs/tls.key"),
  cacert_chain_file: fc.constantFrom("/certs/ca.crt"),
  ca_secret: fc.constantFrom("clients", "clients", "gone"),
  crl_secret: fc.constantFrom("revoked", "clients"),
  cert_required: fc.boolean(),
  alpn_protocols: fc.constantFrom("h2,http/1.1", "h2", "http/1.1", "", "odd"),
  min_tls_version: fc.constantFrom("v1.0", "v1.2", "v1.3"),
  max_tls_version: fc.constantFrom("v1.2", "v1.3"),
  cipher_suites: fc.constantFrom(["ECDHE-ECDSA-AES128-GCM-SHA256"], ["[ECDHE-ECDSA-AES128-GCM-SHA256|ODD]"], []),
  ecdh_curves: fc.constantFrom(["P-256"], ["X25519", "P-256"], ["odd"]),
  redirect_cleartext_from: fc.constantFrom(8080, 8081),
  sni: fc.constantFrom("a.test", ""),
};

const listenerValues: Values = {
  ...Object.fromEntries(
    "port protocol protocolStack securityModel hostBinding".split(" ").map((n) => [n, "elsewhere"]),
  ),
  ambassador_id: ourId,
  statsPrefix: fc.constantFrom("s", ""),
  l7Depth: fc.constantFrom(0, 1, 1, 2),
  http2MaxConcurrentStreams: fc.constantFrom(10, 100),
};

/** Ports with the protocols that they are drawn with, outermost last. */
const stacks: Readonly<Record<string, readonly string[]>> = {
  HTTP: ["HTTP", "TCP"],
  HTTPS: ["TLS", "HTTP", "TCP"],
  HTTPPROXY: ["PROXY", "HTTP", "TCP"],
  HTTPSPROXY: ["TLS", "PROXY", "HTTP", "TCP"],
  TCP: ["TCP"],
  TLS: ["TLS", "TCP"],
  HTTP3: ["TLS", "HTTP", "UDP"],
};
type Shape = readonly (readonly [port: number, protocol: string, security: string])[];
const shapes: readonly Shape[] = [
  [[8080, "HTTP", "XFP"]],
  [[8080, "HTTP", "XFP"]],
  [
    [8080, "HTTP", "XFP"],
    [8443, "HTTPS", "XFP"],
  ],
  [
    [80, "HTTP", "INSECURE"],
    [443, "HTTPS", "SECURE"],
    [8443, "HTTPS", "SECURE"],
  ],
  [[8080, "HTTP", "SECURE"]],
  [
    [8443, "HTTPS", "XFP"],
    [8443, "HTTP3", "XFP"],
  ],
  [
    [8080, "HTTPPROXY", "XFP"],
    [8443, "HTTPSPROXY", "XFP"],
  ],
  [
    [8080, "HTTP", "XFP"],
    [8443, "HTTPS", "XFP"],
    [9000, "TCP", "XFP"],
    [9443, "TLS", "XFP"],
  ],
  // The ports of before there were Listeners.
  [],
  [],
];

const binding = fc.constantFrom<object>(
  { namespace: { from: "ALL" } },
  { namespace: { from: "ALL" } },
  { namespace: { from: "ALL" } },
  { namespace: { from: "SELF" } },
  { namespace: { from: "ALL" }, selector: { matchLabels: { site: "x" } } },
);

const listenerExtras = fc.record({
  asStack: fc.constantFrom(false, false, true),
  binding,
  more: moreFields(listenerSchema, listenerValues),
});

/** Listeners, or none. */
const listeners: Arbitrary<readonly Manifest[]> = fc
  .tuple(fc.constantFrom(...shapes), fc.array(listenerExtras, { minLength: 4, maxLength: 4 }))
  .map(([shape, extras]) =>
    shape.map(([port, protocol, securityModel], i) => {
      // Nobody here speaks QUIC: what it serves, TCP serves too.
      const { asStack = false, binding = {}, more = { hub: {} } } = extras[protocol === "HTTP3" ? i - 1 : i] ?? {};
      const spoken = asStack || protocol === "HTTP3" ? { protocolStack: stacks[protocol] } : { protocol };
      const spec = { ...more.hub, port, ...spoken, securityModel, hostBinding: binding };
      return resource("Listener", "v3alpha1", `l${i}`, spec);
    }),
  );

const hostValues: Values = {
  ...tlsValues,
  ...Object.fromEntries("hostname tlsSecret tlsContext requestPolicy".split(" ").map((n) => [n, "elsewhere"])),
  ambassadorId: fc.constantFrom<unknown>("default", ["default"]),
  mappingSelector: fc.constantFrom({ matchLabels: { site: "x" } }, { matchLabels: {} }),
  selector: fc.constantFrom({ matchLabels: { site: "x" } }),
  acmeProvider: fc.constantFrom({ authority: "none" }, { authority: "https://acme.test", email: "a@a.test" }),
  tls: "elsewhere",
};

const hostTls = moreFields(tlsContextSchema, { ...tlsValues, ...inContextOnly() }).map(({ hub }) => hub);

function inContextOnly(): Values {
  return Object.fromEntries("ambassador_id hosts secret secret_namespacing".split(" ").map((n) => [n, "elsewhere"]));
}

const oneHost = fc.record({
  version: fc.constantFrom("v2", "v3alpha1", "v3alpha1"),
  tlsSecret: fc.constantFrom(undefined, { name: "certificate" }, { name: "certificate" }, { name: "gone" }),
  tlsContext: seldom(fc.constantFrom({ name: "terminating" }, { name: "gone" })),
  tls: seldom(hostTls),
  action: fc.constantFrom("Route", "Route", "Route", "Redirect", "Reject"),
  additionalPort: seldom(fc.constantFrom(-1, 8080, 8081)),
  label: fc.constantFrom(undefined, "x"),
  namespace: fc.constantFrom(undefined, undefined, undefined, "other"),
  more: moreFields(hostSchema, hostValues),
});

/** Hosts: some of the names, mostly with one that answers for all others. */
const hosts: Arbitrary<readonly Manifest[]> = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom(...globs, "a.test:8080"), { maxLength: 5 }),
    isOpen: fc.constantFrom(true, true, true, false),
    each: fc.array(oneHost, { minLength: 6, maxLength: 6 }),
  })
  .map(({ names, isOpen, each }) =>
    [...new Set([...names, ...(isOpen ? ["*"] : [])])].map((hostname, i) => {
      const {
        version = "v2",
        tlsSecret,
        tlsContext,
        tls,
        action,
        additionalPort,
        label,
        namespace,
        more,
      } = each[i] ?? {};
      const insecure = withoutUndefined({ action, additionalPort });
      const own = { hostname, tlsSecret, tlsContext, tls: tlsContext ? undefined : tls, requestPolicy: { insecure } };
      const spec = { ...more?.[version === "v2" ? "old" : "hub"], ...withoutUndefined(own) };
      const metadata = withoutUndefined({ namespace, labels: label === undefined ? undefined : { site: label } });
      return resource("Host", version, `h${i}`, spec, metadata);
    }),
  );

const contextValues: Values = {
  ...tlsValues,
  hosts: fc.constantFrom(["a.test"], ["*.test"], ["b.test", "x.a.test"], []),
  secret: fc.constantFrom("certificate", "certificate.default", "other", "gone"),
};

const contexts: Arbitrary<readonly Manifest[]> = fc
  .record({
    version: fc.constantFrom("v1", "v2", "v3alpha1"),
    terminating: moreFields(tlsContextSchema, contextValues),
    free: moreFields(tlsContextSchema, contextValues),
    origin: fc.constantFrom<Readonly<Record<string, unknown>>>(
      {},
      { sni: "upstream.test" },
      { ca_secret: "upstreams" },
      { secret: "certificate", min_tls_version: "v1.2" },
    ),
    has: fc.record({ terminating: fc.boolean(), free: seldom(fc.constant(true), 4) }),
  })
  .map(({ version, terminating, free, origin, has }) => {
    const generation = version === "v3alpha1" ? "hub" : "old";
    const first = { secret: "certificate", ...terminating[generation] };
    return [
      resource("TLSContext", version, "origin", origin),
      ...(has.terminating ? [resource("TLSContext", version, "terminating", first)] : []),
      ...(has.free ? [resource("TLSContext", version, "free", free[generation])] : []),
    ];
  });

const tcpValues: Values = {
  ...upstreamValues,
  ...Object.fromEntries("port service host".split(" ").map((name) => [name, "elsewhere"])),
  ambassador_id: ourId,
  address: fc.constantFrom("127.0.0.1", "nowhere", ""),
  weight: fc.constantFrom(10, 50, 100, 0),
  idle_timeout_ms: fc.constantFrom("60000", "soon"),
};

const tcpMapping = fc.record({
  version: fc.constantFrom("v1", "v2", "v3alpha1"),
  port: fc.constantFrom(9000, 9000, 9443, 8443, 8080),
  host: fc.constantFrom(undefined, "a.test", "*.a.test", "*", "b.*"),
  more: moreFields(tcpMappingSchema, tcpValues),
});

const tcpMappings: Arbitrary<readonly Manifest[]> = fc
  .oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(tcpMapping, { maxLength: 3 }) })
  .map((drawn) =>
    drawn.map(({ version, port, host, more }, i) => {
      const service = `127.0.0.1:${portOf(tcpUpstream(i))}`;
      const own = withoutUndefined({ port, host, service });
      return resource("TCPMapping", version, `t${i}`, { ...more[version === "v3alpha1" ? "hub" : "old"], ...own });
    }),
  );

const secretOf = (name: string, data: Readonly<Record<string, string>>, type = "Opaque"): Manifest => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name },
  type,
  data,
});
const pair = (name: string, certificate: string): Manifest =>
  secretOf(name, { "tls.crt": `\${CERT:${certificate}}`, "tls.key": `\${KEY:${certificate}}` }, "kubernetes.io/tls");

const caOf = (name: string): string => `\${CA:${name}}`;

const secrets: readonly Manifest[] = [
  pair("certificate", "drawn:a.test,*.a.test,*.test"),
  pair("other", "another:a.test"),
  secretOf("clients", { "ca.crt": caOf("clients") }),
  secretOf("upstreams", { "ca.crt": caOf("upstreams") }),
  secretOf("revoked", { "crl.pem": `\${CRL:clients:}` }),
];

/** All of it. */
export const edge: Arbitrary<readonly Manifest[]> = fc
  .tuple(listeners, hosts, contexts, tcpMappings)
  .map((parts) => [...parts.flat(), ...secrets]);
