/**
 * Configurations of any size for measurements, as they are in the field: Hosts with certificates of their own, v2
 * Mappings, and Services with EndpointSlices behind them. The same shape always gives the same objects.
 */
import type { RawObject } from "#compiler";
import { keyPem, makeIdentity, pem } from "../../tools/x509/certificate.ts";

/** An object under the key that its source would give it. */
export type Keyed = readonly [key: string, object: RawObject];

/** How many of what. */
export interface Shape {
  readonly mappings: number;
  readonly hosts: number;
  /** Whether each Mapping names one Host (in turn), or none, so that every Host serves it. */
  readonly bound: boolean;
  /** Of the Mappings that name a Host: after so many for each Host, the others name none. */
  readonly boundPerHost?: number;
  /** The one Host is for every name, and so are the Mappings. */
  readonly star?: boolean;
  /** Services, each with an EndpointSlice, to which the Mappings go in turn; by default one for every Mapping. */
  readonly services?: number;
  /** TLSContexts, each named by a Host; 0 by default. */
  readonly contexts?: number;
  /** A Listener and Hosts without certificates: what the compiler costs without TLS. */
  readonly cleartext?: boolean;
  /** Whether each Mapping uses ten features more, and requests are checked and counted by services. */
  readonly rich?: boolean;
}

const group = "getambassador.io";
const created = "2024-01-01T00:00:00Z";

/** All objects of a shape. */
export function generate(shape: Shape): readonly Keyed[] {
  const { mappings, hosts, services = mappings, contexts = 0, cleartext = false, rich = false } = shape;
  return [
    ...(rich ? plugins : []),
    ...(cleartext ? [listener] : []),
    ...times(hosts, (i) => host(i, { cleartext, context: i < contexts, star: shape.star ?? false })),
    ...(cleartext ? [] : times(hosts, secret)),
    ...times(contexts, context),
    ...times(mappings, (i) => mapping(shape, i)),
    ...times(services, service),
    ...times(services, (i) => slice(i, `10.0.${i >> 8}.${i & 255}`)),
  ].map((object) => [`bench.yaml#${object.ref.kind}/${object.ref.name}`, object]);
}

/** Mapping `i` of a shape, as it is after so many edits of it: mostly another timeout, at times more than that. */
export function mapping(shape: Shape, i: number, edit = 0): RawObject {
  const { hosts, mappings, services = mappings } = shape;
  return object("Mapping", "v2", `mapping-${i}`, {
    prefix: edit % 10 === 9 ? `/service-${i}/${edit}/` : `/service-${i}/`,
    service: `service-${(edit % 10 === 4 ? i + edit : i) % Math.max(services, 1)}:8080`,
    timeout_ms: 3000 + edit,
    ...(isBound(shape, i) ? { host: shape.star ? "*" : hostname(i % hosts) } : {}),
    ...(i % 4 === 0 ? { headers: { "x-version": `${i % 3}` } } : {}),
    ...(i % 5 === 0 ? { add_request_headers: { "x-tenant": { value: `tenant-${i % 50}`, append: false } } } : {}),
    ...(shape.rich ? richly(i) : {}),
  });
}

/** Whether Mapping `i` names a Host. */
function isBound({ bound, hosts, boundPerHost = Number.POSITIVE_INFINITY }: Shape, i: number): boolean {
  return bound && Math.floor(i / hosts) < boundPerHost;
}

/** Ten features of one Mapping, with values that differ between Mappings as users' do. */
function richly(i: number): Readonly<Record<string, unknown>> {
  return {
    method: i % 2 ? "GET" : "POST",
    query_parameters: { tenant: `t${i % 7}` },
    idle_timeout_ms: 60_000 + i,
    regex_rewrite: { pattern: "/v([0-9]+)/(.*)", substitution: `/api/${i}/\\2` },
    remove_response_headers: ["x-powered-by", `x-internal-${i % 20}`],
    retry_policy: { retry_on: "5xx", num_retries: 1 + (i % 3) },
    cors: { origins: `https://app-${i % 100}.example.com`, methods: "GET, POST", max_age: "86400" },
    circuit_breakers: [{ max_connections: 100 + (i % 4), max_pending_requests: 50 }],
    labels: { ambassador: [{ plan: [{ [`plan-${i % 10}`]: { header: "x-plan", omit_if_not_present: true } }] }] },
    auth_context_extensions: { area: `area-${i % 50}` },
  };
}

const plugins = [
  object("AuthService", "v2", "auth", { auth_service: "service-0:8080", proto: "grpc", protocol_version: "v3" }),
  object("RateLimitService", "v2", "limits", { service: "service-1:8080", protocol_version: "v3" }),
];

/** The key of Mapping `i`. */
export function mappingKey(i: number): string {
  return `bench.yaml#Mapping/mapping-${i}`;
}

/** The Host name that a bound Mapping has. */
export function hostname(i: number): string {
  return `host-${i}.example.com`;
}

const listener = object("Listener", "v3alpha1", "http", {
  port: 8080,
  protocol: "HTTP",
  securityModel: "XFP",
  hostBinding: { namespace: { from: "ALL" } },
});

function host(
  i: number,
  { cleartext, context, star }: { readonly cleartext: boolean; readonly context: boolean; readonly star: boolean },
): RawObject {
  return object("Host", "v2", `host-${i}`, {
    hostname: star ? "*" : hostname(i),
    acmeProvider: { authority: "none" },
    ...(cleartext ? {} : { tlsSecret: { name: `certificate-${i}` } }),
    ...(context ? { tlsContext: { name: `context-${i}` } } : {}),
    requestPolicy: { insecure: { action: cleartext ? "Route" : "Redirect" } },
  });
}

function context(i: number): RawObject {
  const versions = { min_tls_version: "v1.2", max_tls_version: i % 2 ? "v1.3" : "v1.2" };
  return object("TLSContext", "v2", `context-${i}`, { hosts: [hostname(i)], secret: `certificate-${i}`, ...versions });
}

/** Making keys is slow and which key a Secret holds does not matter: a few are shared. */
const certificates = new Map<number, Readonly<Record<string, string>>>();

function secret(i: number): RawObject {
  const which = i % 16;
  const data = certificates.get(which) ?? material(which);
  certificates.set(which, data);
  return raw("Secret", "", "v1", `certificate-${i}`, { type: "kubernetes.io/tls", data });
}

function material(which: number): Readonly<Record<string, string>> {
  const { certificate, key } = makeIdentity({ name: `bench-${which}`, dnsNames: ["*.example.com"] });
  const encoded = (text: string) => Buffer.from(text).toString("base64");
  return { "tls.crt": encoded(pem("CERTIFICATE", certificate)), "tls.key": encoded(keyPem(key)) };
}

function service(i: number): RawObject {
  const spec = { clusterIP: `10.96.${i >> 8}.${i & 255}`, ports: [{ name: "http", port: 8080, targetPort: 9000 }] };
  return raw("Service", "", "v1", `service-${i}`, { spec });
}

function slice(i: number, address: string): RawObject {
  const body = {
    addressType: "IPv4",
    ports: [{ name: "http", port: 9000 }],
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
  };
  const labels = { "kubernetes.io/service-name": `service-${i}` };
  return { ...raw("EndpointSlice", "discovery.k8s.io", "v1", `service-${i}-1`, body), labels };
}

function object(kind: string, version: string, name: string, spec: RawObject["body"]): RawObject {
  return raw(kind, group, version, name, { spec });
}

function raw(kind: string, group: string, version: string, name: string, body: RawObject["body"]): RawObject {
  return { ref: { group, kind, namespace: "default", name }, version, labels: {}, annotations: {}, created, body };
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}
