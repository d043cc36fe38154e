/**
 * LINK of clusters: where the addresses of an upstream come from. A known Service gives them over EDS, without any
 * translation, and so does Consul; an IP literal is itself; everything else is a DNS name.
 */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { makesSeveralChecks } from "#base/envoy-version.ts";
import { intern } from "#base/intern.ts";
import { isIp } from "#base/ip.ts";
import { formatOrigin, nameKey } from "#base/origin.ts";
import type { Collection, Derived, Index, Reads } from "../graph/graph.ts";
import type { Cluster, ClusterDecl, ClusterTarget, ConnectionPolicy, ServicePort } from "../ir/cluster.ts";
import { consulKey } from "../ir/consul.ts";
import type { ServiceFacts } from "../ir/service.ts";
import type { Settings } from "../settings.ts";
import { findPort } from "./services.ts";

/** What clusters are linked against. Services are by `namespace/name`. */
export interface ClusterLookup {
  readonly services: Collection<ServiceFacts>;
  /** Services by namespace: a namespace that has some is one, and not the top of a domain. */
  readonly byNamespace: Index<unknown>;
  readonly settings: Collection<Settings>;
}

/** Links all declarations of one cluster; they differ only in who asked. */
export function linkCluster(lookup: ClusterLookup): (decls: readonly ClusterDecl[], reads: Reads) => Derived<Cluster> {
  return (decls, reads) => {
    const decl = decls[0];
    if (!decl) return { out: [] };
    const { target, diagnose: why } = linkTarget(lookup, decl, reads);
    const { policy, told } = linkHealthChecks(lookup, decl, target, reads);
    const cluster: Cluster = { name: decl.name, origin: decl.origin, target, policy };
    const diagnostics = [...(why ? decls.map(why) : []), ...(told ? decls.map(told) : [])];
    return { out: [[decl.name, cluster]], diagnostics };
  };
}

/** Endpoints alone are checked; an upstream that has none is not. */
function linkHealthChecks(
  lookup: ClusterLookup,
  { policy, host }: ClusterDecl,
  target: ClusterTarget,
  reads: Reads,
): { readonly policy: ConnectionPolicy; readonly told?: (decl: ClusterDecl) => Diagnostic } {
  const { healthChecks: asked, ...others } = policy;
  if (!asked) return { policy };
  if (!("endpoints" in target)) return { policy: others, told: checksNothing };
  const { envoyVersion = "" } = reads.get(lookup.settings, "") ?? {};
  const tooMany = asked.length > 1 && !makesSeveralChecks(envoyVersion);
  const made = tooMany ? asked.slice(0, 1) : asked;
  const healthChecks = made.map((check) => ({ ...check, probe: { host, ...check.probe } }));
  return { policy: { ...policy, healthChecks }, ...(tooMany ? { told: oneCheckOnly } : {}) };
}

function oneCheckOnly({ origin }: ClusterDecl): Diagnostic {
  const at = { ref: origin.ref, path: ".spec.health_checks[1]" };
  return diagnose("service/health-checks-many", at, "this Envoy makes one health check, and there are more", {
    traffic: "the first one decides which endpoints get requests",
    hint: "run Envoy 1.40 or newer",
  });
}

function checksNothing({ origin, host }: ClusterDecl): Diagnostic {
  const at = { ref: origin.ref, path: ".spec.health_checks" };
  return diagnose("service/health-checks-without-endpoints", at, `"${host}" has no known endpoints to check`, {
    traffic: "requests are sent without any checks",
    hint: "name a Service whose endpoints are known",
  });
}

interface Linked {
  readonly target: ClusterTarget;
  readonly diagnose?: (decl: ClusterDecl) => Diagnostic;
}

function linkTarget(lookup: ClusterLookup, decl: ClusterDecl, reads: Reads): Linked {
  const settings = reads.get(lookup.settings, "");
  const resolved = settings && resolveOverride(settings, decl);
  if (resolved) return { target: resolved };
  if (decl.consul) return { target: { kind: "consul", endpoints: consulKey(decl.consul), service: decl.consul } };
  const service = decl.service && reads.get(lookup.services, nameKey(decl.service));
  if (decl.service && service) return linkService(decl, decl.service, service, settings?.disableEndpoints ?? false);
  if (isIp(decl.host)) return { target: { kind: "address", address: decl.host, port: decl.port } };
  const target = { kind: "dns", host: decl.host, port: decl.port } as const;
  const { service: missing } = decl;
  const meant = missing?.likely || (missing && reads.lookup(lookup.byNamespace, missing.namespace).length > 0);
  return missing && meant ? { target, diagnose: (of) => unknownService(of, missing) } : { target };
}

function resolveOverride(settings: Settings, decl: ClusterDecl): ClusterTarget | undefined {
  if (Object.keys(settings.resolve).length === 0) return undefined;
  const { service } = decl;
  const names = [
    `${decl.host}:${decl.port}`,
    ...(service ? [`${service.name}.${service.namespace}:${service.port}`] : []),
  ];
  const found = names.map((name) => settings.resolve[name]).find((address) => address !== undefined);
  const colon = found?.lastIndexOf(":") ?? -1;
  if (found === undefined || colon < 0) return undefined;
  return {
    kind: "address",
    address: found.slice(0, colon).replace(/^\[|\]$/g, ""),
    port: Number(found.slice(colon + 1)),
  };
}

function linkService(decl: ClusterDecl, wanted: ServicePort, service: ServiceFacts, noEndpoints: boolean): Linked {
  if (service.externalName !== undefined) {
    return { target: { kind: "dns", host: service.externalName, port: decl.port } };
  }
  const port = findPort(service, wanted);
  if (noEndpoints && port && service.clusterIp !== undefined) {
    return { target: { kind: "address", address: service.clusterIp, port: port.port } };
  }
  const endpoints = intern(`${nameKey(wanted)}:${wanted.port}${wanted.lenient ? "/any" : ""}`);
  const target = { kind: "endpoints", endpoints, service: wanted } as const;
  return port ? { target } : { target, diagnose: (of) => noSuchPort(of, wanted, service) };
}

function noSuchPort(decl: ClusterDecl, wanted: ServicePort, service: ServiceFacts): Diagnostic {
  const ports = service.ports.map((port) => (port.name ? `${port.port} (${port.name})` : `${port.port}`)).join(", ");
  return diagnose(
    "service/no-such-port",
    decl.origin,
    `Service "${wanted.name}" in namespace "${wanted.namespace}" has no port ${wanted.port}`,
    { traffic: "requests that would go there get 503", hint: `its ports are ${ports || "none"}` },
  );
}

function unknownService(decl: ClusterDecl, wanted: ServicePort): Diagnostic {
  return diagnose(
    "service/unknown",
    decl.origin,
    `there is no Service "${wanted.name}" in namespace "${wanted.namespace}"; "${decl.host}" is looked up in DNS instead`,
    {
      traffic: "requests get 503 unless the name resolves",
      hint: `create the Service, or correct the name in ${formatOrigin(decl.origin)}`,
    },
  );
}
