/**
 * Arbitrary manifests of every kind that is compiled, some of them damaged.
 */
import fc, { type Arbitrary } from "fast-check";
import type { RawObject } from "#compiler";
import { consulSettings } from "./answers.ts";
import { ingressClasses, ingresses } from "./ingresses.ts";
import { knativeIngresses } from "./knative.ts";
import { certificates, otherSecrets } from "./material.ts";
import { authService, logService, rateLimitService, serviceModule, tracingService } from "./plugins.ts";
import {
  ambassadorId,
  boolean,
  created,
  host,
  labels,
  listener,
  mapping,
  module,
  name,
  namespace,
  type Spec,
  spec,
  tcpMapping,
  tlsContext,
} from "./specs.ts";

const ambassador = "getambassador.io";

const ports = fc.constantFrom(
  [{ port: 80 }],
  [{ name: "web", port: 8080, targetPort: "http" }],
  [
    { name: "web", port: 80, targetPort: 9000 },
    { name: "http", port: 8080 },
  ],
);
const ips = fc.constantFrom(["10.0.0.1"], ["10.0.0.1", "10.0.0.2"], [], ["::1"], ["not an address"]);
const backend = fc.constantFrom("one", "two", "a");

function object(
  kind: string,
  group: string,
  version: Arbitrary<string>,
  body: Spec,
  as: Arbitrary<string> = name,
): Arbitrary<RawObject> {
  return fc
    .record({ name: as, namespace, version, labels, created, body })
    .map(({ name, namespace, created, ...rest }) => ({
      ref: { group, kind, namespace, name },
      annotations: {},
      ...(created === undefined ? {} : { created }),
      ...rest,
    }));
}

function resource(
  kind: string,
  version: Arbitrary<string>,
  fields: Spec,
  as: Arbitrary<string> = name,
): Arbitrary<RawObject> {
  const body = fc.oneof(
    { weight: 19, arbitrary: fields.map((spec): Readonly<Record<string, unknown>> => ({ spec })) },
    { weight: 1, arbitrary: damaged(fields) },
  );
  return object(kind, ambassador, version, body, as);
}

/** A field of another type, missing or unknown; or no fields at all. */
function damaged(fields: Spec): Spec {
  const wrong = fc.constantFrom<unknown>(undefined, null, "text", 1e300, [], {}, [null], { deep: { er: true } });
  const broken = fc.tuple(fields, fc.nat(), wrong).map(([spec, at, value]) => {
    const names = [...Object.keys(spec), "unheard_of"];
    return { spec: { ...spec, [names[at % names.length] ?? ""]: value } };
  });
  return fc.oneof(
    broken,
    wrong.map((spec) => ({ spec })),
    fc.constant({}),
  );
}

const anyVersion = fc.constantFrom(...["v0", "v1", "v2", "v2", "v2", "v2", "v3alpha1", "v3alpha1", "v3alpha1", "v9"]);
const mappings = resource("Mapping", anyVersion, mapping).map(spelled);

/** Versions before v3alpha1 had no `hostname`. */
function spelled(raw: RawObject): RawObject {
  const { spec } = raw.body;
  if (raw.version === "v3alpha1" || typeof spec !== "object" || spec === null || !("hostname" in spec)) return raw;
  const { hostname, ...rest } = spec;
  return { ...raw, body: { spec: hostname === "*" ? rest : { host: hostname, ...rest } } };
}

const tcpMappings = resource("TCPMapping", anyVersion, tcpMapping);
const serviceBody = fc
  .record({
    ports,
    clusterIP: fc.constantFrom("10.9.9.9", "None", undefined),
    type: fc.constantFrom("ExternalName", undefined),
  })
  .map(({ ports, clusterIP, type }) => ({
    spec: { ports, ...(clusterIP ? { clusterIP } : {}), ...(type ? { type, externalName: "example.com" } : {}) },
  }));
const services = object("Service", "", fc.constant("v1"), serviceBody, backend);
const slices = fc
  .tuple(
    object(
      "EndpointSlice",
      "discovery.k8s.io",
      fc.constant("v1"),
      fc.record({ ports, ips }).map(({ ports, ips }) => ({
        addressType: "IPv4",
        ports,
        endpoints: ips.map((ip, i) => ({ addresses: [ip], conditions: { ready: i === 0 } })),
      })),
    ),
    backend,
  )
  .map(([slice, service]) => ({ ...slice, labels: { "kubernetes.io/service-name": service } }));
const endpoints = object(
  "Endpoints",
  "",
  fc.constant("v1"),
  fc.record({ ports, ips }).map(({ ports, ips }) => ({ subsets: [{ ports, addresses: ips.map((ip) => ({ ip })) }] })),
  backend,
);
const secrets = object(
  "Secret",
  "",
  fc.constant("v1"),
  fc.oneof(fc.constantFrom(...certificates), fc.constantFrom<Readonly<Record<string, unknown>>>(...otherSecrets)),
  fc.constantFrom("a", "b", "c"),
);
const resolvers = resource(
  "KubernetesEndpointResolver",
  fc.constantFrom("v2", "v3alpha1"),
  spec({}, { ambassador_id: ambassadorId }),
);

const consulResolvers = resource("ConsulResolver", anyVersion, spec(consulSettings, { ambassador_id: ambassadorId }));

/** Mappings for services in Consul. */
const mappingsToConsul = fc
  .tuple(mappings, fc.constantFrom("consul", "consul-endpoint", "a", "b"), fc.constantFrom("one", "two", "a:80"))
  .map(([mapping, resolver, service]): RawObject => {
    const given = mapping.body["spec"];
    const spec = { ...(typeof given === "object" ? given : {}), resolver, service };
    return { ...mapping, body: { ...mapping.body, spec } };
  });

/** A Service or Ingress whose annotation holds objects, in the flat form of old or in the full one. */
const annotated = fc
  .tuple(
    services,
    fc.constantFrom("Service", "Ingress"),
    fc.array(fc.oneof(mappings, tcpMappings), { maxLength: 3 }),
    boolean,
  )
  .map(([carrier, kind, inside, broken]): RawObject => {
    const documents = inside.map((raw) => JSON.stringify(annotationForm(raw)));
    const text = `---\n${documents.join("\n---\n")}${broken ? "\n--- {" : ""}`;
    return {
      ...carrier,
      ref: { ...carrier.ref, kind, group: kind === "Ingress" ? "networking.k8s.io" : "" },
      annotations: { "getambassador.io/config": text },
    };
  });

function annotationForm({ ref, version, body }: RawObject): unknown {
  if (version === "v3alpha1") {
    return { apiVersion: `${ambassador}/v3alpha1`, kind: ref.kind, metadata: { name: ref.name }, ...body };
  }
  const flat = typeof body["spec"] === "object" && body["spec"] !== null ? body["spec"] : {};
  return { apiVersion: `ambassador/${version}`, kind: ref.kind, name: ref.name, ...flat };
}

/** The one Module that everything reads. */
export const theModule: Arbitrary<RawObject> = resource(
  "Module",
  fc.constant("v2"),
  module,
  fc.constant("ambassador"),
).map((raw) => ({ ...raw, ref: { ...raw.ref, namespace: "default" } }));

/** Any object of any kind that is compiled. */
export const anyObject: Arbitrary<RawObject> = fc.oneof(
  { weight: 16, arbitrary: mappings },
  { weight: 6, arbitrary: resource("Host", fc.constantFrom("v2", "v3alpha1"), host) },
  { weight: 3, arbitrary: resource("Listener", fc.constant("v3alpha1"), listener) },
  { weight: 4, arbitrary: resource("TLSContext", anyVersion, tlsContext) },
  { weight: 3, arbitrary: tcpMappings },
  { weight: 2, arbitrary: resource("Module", anyVersion, module, fc.constantFrom("ambassador", "ambassador", "tls")) },
  { weight: 3, arbitrary: services },
  { weight: 3, arbitrary: slices },
  { weight: 2, arbitrary: endpoints },
  { weight: 5, arbitrary: secrets },
  { weight: 1, arbitrary: resolvers },
  { weight: 2, arbitrary: consulResolvers },
  { weight: 3, arbitrary: mappingsToConsul },
  { weight: 2, arbitrary: knativeIngresses },
  { weight: 4, arbitrary: ingresses },
  { weight: 1, arbitrary: ingressClasses },
  { weight: 2, arbitrary: annotated },
  { weight: 4, arbitrary: resource("AuthService", anyVersion, authService) },
  { weight: 1, arbitrary: resource("RateLimitService", anyVersion, rateLimitService) },
  { weight: 1, arbitrary: resource("LogService", anyVersion, logService) },
  { weight: 1, arbitrary: resource("TracingService", anyVersion, tracingService) },
  {
    weight: 1,
    arbitrary: resource("Module", anyVersion, serviceModule, fc.constantFrom("authentication", "ratelimit")),
  },
);
