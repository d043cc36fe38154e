/** LOWER of an Ingress's backend: a port of a Service, of its namespace unless it says another, or why there is none. */
import { type Checked, type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { type Origin, refKey } from "#base/origin.ts";
import type { IngressBackend, Service, ServicePort } from "../api/index.ts";
import type { Collection, Reads } from "../graph/graph.ts";
import type { ClusterDecl } from "../ir/cluster.ts";
import type { HashKey } from "../ir/route.ts";
import type { Settings } from "../settings.ts";

/** An upstream, and what chooses among its endpoints; no value: requests get 503. */
export interface LoweredBackend extends Checked<ClusterDecl> {
  readonly hashOn?: HashKey;
}

/** What backends are lowered against. */
export interface BackendLookup {
  readonly settings: Collection<Settings>;
  /** By `refKey`. */
  readonly services: Collection<{ readonly resource: Service }>;
  /** A port of this name speaks HTTP/2 in cleartext. */
  readonly http2Port?: string;
  /** The upstream of a service string, with the settings that all upstreams of the instance have. */
  upstream(service: string, http2: boolean, at: Origin, reads: Reads): LoweredBackend;
}

type ServiceBackend = Extract<IngressBackend, { readonly kind: "service" }>;

/** Lowers a backend. */
export function lowerBackend(
  lookup: BackendLookup,
  backend: IngressBackend | undefined,
  at: Origin,
  reads: Reads,
): LoweredBackend {
  if (!backend) return { diagnostics: [problem("ingress/no-backend", at, "no Service is named")] };
  if (backend.kind === "resource") {
    const message = `only Services can take requests, not ${backend.resource}`;
    return { diagnostics: [problem("ingress/resource-backend", at, message)] };
  }
  const found = lowerPort(lookup, backend, at, reads);
  if ("code" in found) return { diagnostics: [found] };
  const http2 = lookup.http2Port !== undefined && found.name === lookup.http2Port;
  return lookup.upstream(`${nameOf(backend, at)}:${found.port}`, http2, at, reads);
}

function nameOf({ service, namespace }: ServiceBackend, { ref }: Origin): string {
  return `${service}.${namespace ?? ref.namespace}`;
}

type Port = Pick<ServicePort, "name" | "port">;

function lowerPort(lookup: BackendLookup, backend: ServiceBackend, at: Origin, reads: Reads): Port | Diagnostic {
  const { service, port = "", namespace = at.ref.namespace } = backend;
  const number = /^\d+$/.test(String(port)) ? Number(port) : undefined;
  if (number !== undefined && (number < 1 || number > 65_535)) return noPort(at, service, port, []);
  const resolved = `${nameOf(backend, at)}:${number}`;
  if (number !== undefined && reads.get(lookup.settings, "")?.resolve[resolved] !== undefined) return { port: number };
  const ref = { group: "", kind: "Service", namespace, name: service };
  const found = reads.get(lookup.services, refKey(ref))?.resource;
  if (!found) {
    const message = `there is no Service "${service}" in namespace "${ref.namespace}"`;
    return problem("ingress/unknown-service", at, message, "create the Service, or correct the name");
  }
  const { ports } = found.spec;
  const known = ports.find((one) => (number === undefined ? one.name === port : one.port === number));
  return known ?? (number === undefined ? noPort(at, service, port, ports) : { port: number });
}

function noPort(at: Origin, service: string, port: number | string, ports: readonly ServicePort[]): Diagnostic {
  const message =
    port === "" ? `no port of Service "${service}" is named` : `Service "${service}" has no port "${port}"`;
  const known = ports.map(({ name, port }) => (name === undefined ? `${port}` : `${port} (${name})`)).join(", ");
  return problem(
    "ingress/unknown-port",
    at,
    message,
    known === "" ? "name one from 1 to 65535" : `its ports are ${known}`,
  );
}

function problem(code: `ingress/${BackendProblem}`, at: Origin, message: string, hint?: string): Diagnostic {
  return diagnose(code, at, message, { traffic: "requests get 503", ...(hint === undefined ? {} : { hint }) });
}

type BackendProblem = "no-backend" | "resource-backend" | "unknown-port" | "unknown-service";
