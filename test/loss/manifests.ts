/** The objects that scenarios write, in the few forms that they need. */
import { keyPem, makeIdentity, pem } from "../../tools/x509/certificate.ts";
import type { Backend } from "./backends.ts";

const namespace = "default";

/** One of Ambassador's objects. */
export function ours(kind: string, name: string, spec: object): object {
  return { apiVersion: "getambassador.io/v3alpha1", kind, metadata: { name, namespace }, spec };
}

/** Requests for any host below a prefix go to a service. */
export function mapping(name: string, service: string, more: object = {}): object {
  return ours("Mapping", name, { hostname: "*", prefix: `/${name}/`, service, ...more });
}

/** What tells a client which version of a Mapping answered. */
export function edition(value: string): object {
  return { add_response_headers: { "x-edition": { value, append: false } } };
}

/** The Module, with the access log off. */
export function module(config: object = {}): object {
  return {
    apiVersion: "getambassador.io/v3alpha1",
    kind: "Module",
    metadata: { name: "ambassador", namespace },
    spec: { config: { envoy_log_path: "/dev/null", ...config } },
  };
}

/** A port for all Hosts. */
export function listener(name: string, port: number, protocol: "HTTP" | "HTTPS"): object {
  const hostBinding = { namespace: { from: "ALL" } };
  return ours("Listener", name, { port, protocol, securityModel: "XFP", hostBinding });
}

/** A Host that answers without TLS too; `secret` is the certificate's. */
export function host(name: string, hostname: string, { secret, context }: HostParts = {}): object {
  return ours("Host", name, {
    hostname,
    ...(secret === undefined ? {} : { tlsSecret: { name: secret } }),
    ...(secret === undefined || context !== undefined ? {} : { tls: { alpn_protocols: "h2,http/1.1" } }),
    ...(context === undefined ? {} : { tlsContext: { name: context } }),
    requestPolicy: { insecure: { action: "Route" } },
  });
}

/** What a Host may name. */
export interface HostParts {
  readonly secret?: string;
  readonly context?: string;
}

/** A certificate for a host name, with a common name by which it is told from others for the same. */
export function secret(name: string, hostname: string, commonName: string): object {
  const { certificate, key } = makeIdentity({ name: commonName, dnsNames: [hostname] });
  const encoded = (text: string): string => Buffer.from(text).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
    type: "kubernetes.io/tls",
    data: { "tls.crt": encoded(pem("CERTIFICATE", certificate)), "tls.key": encoded(keyPem(key)) },
  };
}

/** A Service and the slices with its pods, one for each, because each has a port of its own. */
export function service(name: string, pods: Readonly<Record<string, Backend>>): readonly object[] {
  const slices = Object.entries(pods).map(([pod, { port }]) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `${name}-${pod}`, namespace, labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    ports: [{ name: "http", port }],
    endpoints: [{ addresses: ["127.0.0.1"], conditions: { ready: true } }],
  }));
  const spec = { clusterIP: "None", ports: [{ name: "http", port: 80 }] };
  return [{ apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec }, ...slices];
}
