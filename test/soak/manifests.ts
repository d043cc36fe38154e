/** What the soak serves: Hosts with certificates, Mappings to Services with endpoints, and edits of all of them. */
import { keyPem, makeIdentity, pem } from "../../tools/x509/certificate.ts";
import { numbers } from "../bench/random.ts";

/** One object as a file has it. */
export type Manifest = Readonly<Record<string, unknown>>;

/** How many of what. */
export interface Size {
  readonly mappings: number;
  readonly hosts: number;
  readonly services: number;
}

/** An edit: a file's new content, or undefined where it goes. */
export type Edit = readonly [file: string, object: Manifest | undefined];

const identities = Array.from({ length: 8 }, (_, i) => makeIdentity({ name: `soak-${i}`, dnsNames: ["*.example"] }));
const group = "getambassador.io/v3alpha1";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

function ambassador(kind: string, name: string, spec: object): Edit {
  return [`${kind}-${name}.yaml`.toLowerCase(), { apiVersion: group, kind, metadata: { name }, spec }];
}

function mapping(i: number, { hosts, services }: Size, edit: number): Edit {
  return ambassador("Mapping", `mapping-${i}`, {
    hostname: `host-${i % hosts}.example`,
    prefix: `/service-${i}/`,
    service: `service-${(i + edit) % services}:8080`,
    timeout_ms: 3000 + (edit % 1000),
    ...(i % 5 === 0 ? { add_request_headers: { "x-edit": { value: String(edit) } } } : {}),
  });
}

function host(i: number): Edit {
  const tls = { tlsSecret: { name: `certificate-${i}` }, requestPolicy: { insecure: { action: "Route" } } };
  return ambassador("Host", `host-${i}`, { hostname: `host-${i}.example`, ...tls });
}

function secret(i: number, edit: number): Edit {
  const identity = identities[(i + edit) % identities.length];
  if (!identity) throw new Error("no certificates");
  const data = { "tls.crt": base64(pem("CERTIFICATE", identity.certificate)), "tls.key": base64(keyPem(identity.key)) };
  const metadata = { name: `certificate-${i}` };
  return [`secret-${i}.yaml`, { apiVersion: "v1", kind: "Secret", metadata, type: "kubernetes.io/tls", data }];
}

function service(i: number): Edit {
  const spec = { clusterIP: `10.96.${i >> 8}.${i & 255}`, ports: [{ port: 8080, targetPort: 9000 }] };
  return [`service-${i}.yaml`, { apiVersion: "v1", kind: "Service", metadata: { name: `service-${i}` }, spec }];
}

function endpoints(i: number, edit: number): Edit {
  const address = `10.${edit % 250}.${i >> 8}.${i & 255}`;
  const metadata = { name: `service-${i}-1`, labels: { "kubernetes.io/service-name": `service-${i}` } };
  const body = { addressType: "IPv4", ports: [{ port: 9000 }], endpoints: [{ addresses: [address] }] };
  return [`slice-${i}.yaml`, { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata, ...body }];
}

/** Everything at the start. */
export function beginning(size: Size): readonly Edit[] {
  const times = (count: number, make: (i: number) => Edit) => Array.from({ length: count }, (_, i) => make(i));
  return [
    ambassador("Listener", "http", { port: 8080, protocol: "HTTP", securityModel: "XFP", hostBinding: all }),
    ambassador("Listener", "https", { port: 8443, protocol: "HTTPS", securityModel: "XFP", hostBinding: all }),
    ambassador("Module", "ambassador", { config: { defaults: { timeout: 3 } } }),
    ...times(size.hosts, host),
    ...times(size.hosts, (i) => secret(i, 0)),
    ...times(size.mappings, (i) => mapping(i, size, 0)),
    ...times(size.services, service),
    ...times(size.services, (i) => endpoints(i, 0)),
  ];
}

/** An edit by which it shows that all before it have been read. */
export const last: Edit = ambassador("Mapping", "last", { hostname: "last.example", prefix: "/", service: "10.0.0.1" });

const all = { namespace: { from: "ALL" } };

/**
 * Gives edits without end, the same for the same seed. What goes comes back some edits later, and names that were never
 * there before come and go, so that the size stays and nothing may be kept for what is gone.
 */
export function* edits(size: Size, seed: number): Generator<Edit, never> {
  const random = numbers(seed);
  const away: Edit[] = [];
  for (let edit = 1; ; edit++) {
    const due = away.length > 20 ? away.shift() : undefined;
    if (due) {
      yield due;
      continue;
    }
    const kind = random(100);
    if (kind < 40) yield mapping(random(size.mappings), size, edit);
    else if (kind < 65) yield endpoints(random(size.services), edit);
    else if (kind < 75) yield secret(random(size.hosts), edit);
    else if (kind < 85) yield goes(mapping(random(size.mappings), size, edit));
    else if (kind < 88) yield goes(host(random(size.hosts)));
    else if (kind < 98) yield comes(edit);
    else yield ambassador("Module", "ambassador", { config: { defaults: { timeout: 3 + (edit % 5) } } });
  }

  function goes(one: Edit): Edit {
    if (away.some(([file]) => file === one[0])) return one;
    away.push(one);
    return [one[0], undefined];
  }

  /** A name of its own, with a cluster of its own. */
  function comes(edit: number): Edit {
    const spec = {
      hostname: `new-${edit}.example`,
      prefix: `/${edit}/`,
      service: `10.9.${(edit >> 8) & 255}.${edit & 255}`,
    };
    const one = ambassador("Mapping", `new-${edit}`, spec);
    away.push([one[0], undefined]);
    return one;
  }
}
