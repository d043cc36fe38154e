/**
 * LOWER of upstreams: a service string and the settings beside it become one cluster declaration, named by what it
 * is, so that objects that want the same upstream share it and others never do.
 */
import { hash } from "node:crypto";
import { type Checked, type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, nameKey, type Origin } from "#base/origin.ts";
import { type MappingSpec, parseService, type ServiceAddress } from "../../api/index.ts";
import type { Collection, Index, Reads } from "../../graph/graph.ts";
import type { ClusterDecl, ClusterName, ConnectionPolicy, UpstreamTls } from "../../ir/cluster.ts";
import type { ConsulService } from "../../ir/consul.ts";
import type { HashKey } from "../../ir/route.ts";
import type { Settings } from "../../settings.ts";
import { type Balancing, lowerBalancing, lowerCircuitBreakers, lowerKeepalive } from "./connection.ts";
import type { RouteDefaults } from "./defaults.ts";
import { lowerHealthCheck } from "./health-check.ts";
import { findResolver, lowerConsulService, type ResolverDecl, type ResolverKind, resolverNotes } from "./resolver.ts";
import { looksLikeService, serviceNamed } from "./service.ts";
import { serviceOddities } from "./service-oddities.ts";
import { type ContextLookup, contextNotes, findContext, upstreamTls } from "./tls.ts";

/** What upstreams are lowered against. */
export interface UpstreamLookup extends ContextLookup {
  readonly settings: Collection<Settings>;
  readonly resolvers: Index<ResolverDecl>;
}

/** The fields of a Mapping or TCPMapping that make its upstream. */
export interface UpstreamFields {
  readonly service: string;
  /** The field that names the service, if it is another. */
  readonly serviceField?: string;
  readonly tls?: string | undefined;
  readonly resolver?: string | undefined;
  readonly enable_ipv4?: boolean | undefined;
  readonly enable_ipv6?: boolean | undefined;
  readonly cluster_tag?: string | undefined;
  readonly stats_name?: string | undefined;
  readonly connect_timeout_ms?: number | undefined;
  readonly cluster_idle_timeout_ms?: number | undefined;
  readonly cluster_max_connection_lifetime_ms?: number | undefined;
  readonly grpc?: boolean | undefined;
  readonly dns_type?: string | undefined;
  readonly respect_dns_ttl?: boolean | undefined;
  readonly circuit_breakers?: MappingSpec["circuit_breakers"];
  readonly keepalive?: MappingSpec["keepalive"];
  readonly load_balancer?: MappingSpec["load_balancer"];
  readonly health_checks?: MappingSpec["health_checks"];
  readonly shadow?: boolean | undefined;
}

/** An upstream, and what of a request decides which of its endpoints takes it. */
export interface LoweredUpstream extends Checked<ClusterDecl> {
  readonly hashOn?: HashKey;
}

/** What the fields of an upstream are seen against. */
export interface UpstreamSurroundings {
  readonly lookup: UpstreamLookup;
  readonly defaults: RouteDefaults;
  /** The object whose fields they are. */
  readonly origin: Origin;
  readonly reads: Reads;
}

/** Lowers an upstream; no value: requests for it get 503. */
export function lowerUpstream(fields: UpstreamFields, around: UpstreamSurroundings): LoweredUpstream {
  const { lookup, defaults, origin, reads } = around;
  const at = child(origin, "spec", fields.serviceField ?? "service");
  const address = parseService(fields.service);
  // Admission refuses these, so that the last good version of the object goes on.
  if (typeof address === "string") return { diagnostics: [] };
  const resolverName = fields.resolver ?? defaults.resolver;
  const resolver = findResolver(lookup.resolvers, resolverName, address, origin.ref.namespace, reads);
  if (resolver === undefined) return { diagnostics: [unknownResolver(origin, resolverName)] };
  const consul = resolver.kind === "consul" ? lowerConsulService(address, resolver, at) : undefined;
  if (consul && !consul.value) return { diagnostics: consul.diagnostics };
  const tls = lowerOrigination(fields, address, around);
  if (tls.broken) return { diagnostics: tls.diagnostics };
  const balancing = fields.load_balancer ? ownBalancing(fields.load_balancer, resolver.kind, around) : noProblem;
  if (balancing.broken) return { diagnostics: [balancing.problem] };
  const balanced = balancing.value ?? defaults.balancing;
  const { family, problem } = lowerFamily(fields, around);
  const policy: ConnectionPolicy = {
    ...lowerPolicy(fields, defaults, address),
    ...(balanced?.policy ? { balancing: balanced.policy } : {}),
    dnsFamily: family,
    ...(tls.value ? { tls: tls.value } : {}),
  };
  const named = consul?.value
    ? declareInConsul(consul.value, address, policy)
    : declare(address, policy, resolver.kind, around);
  return {
    value: { ...named, origin: at },
    ...(balanced?.hashOn ? { hashOn: balanced.hashOn } : {}),
    diagnostics: [
      ...tls.diagnostics,
      ...(problem ? [problem] : []),
      ...(balancing.problem ? [balancing.problem] : []),
      ...(consul?.diagnostics ?? []),
      ...resolverNotes(lookup.resolvers, resolverName, origin, reads),
      ...serviceOddities(address, fields.tls, at),
    ],
  };
}

type OwnBalancing =
  | { readonly broken: true; readonly problem: Diagnostic }
  | { readonly broken?: never; readonly value?: Balancing; readonly problem?: Diagnostic };

const noProblem: OwnBalancing = {};

/** What a Mapping itself says of balancing; the Module's goes without these conditions. */
function ownBalancing(
  given: NonNullable<UpstreamFields["load_balancer"]>,
  resolver: ResolverKind["kind"],
  { lookup, origin, reads }: UpstreamSurroundings,
): OwnBalancing {
  const at = child(origin, "spec", "load_balancer");
  if (resolver === "service") {
    const message = "load_balancer needs a resolver that finds endpoints";
    const detail = { traffic: "requests get 503", hint: "write resolver: kubernetes-endpoint, or leave it out" };
    return { broken: true, problem: diagnose("service/balancing-without-endpoints", at, message, detail) };
  }
  if (resolver === "consul" || !reads.get(lookup.settings, "")?.disableEndpoints)
    return { value: lowerBalancing(given) };
  const message = "load_balancer has no effect, because this instance does not use endpoints";
  const traffic = "the Module's load_balancer counts, if there is one";
  return { problem: diagnose("service/balancing-disabled", at, message, { traffic }) };
}

function declare(
  address: ServiceAddress,
  policy: ConnectionPolicy,
  resolver: ResolverKind["kind"],
  { lookup, defaults, origin, reads }: UpstreamSurroundings,
): Omit<ClusterDecl, "origin"> {
  const own = reads.get(lookup.settings, "")?.namespace ?? "default";
  const namespace = defaults.ambassadorNamespaceForServices ? own : origin.ref.namespace;
  const port = address.port ?? (policy.tls ? 443 : 80);
  const named = serviceNamed(address.host, namespace);
  // Outside its own namespace the instance could not resolve a bare name: it stands for the object's namespace.
  const host =
    looksLikeService(address.host) && !address.host.includes(".") && named
      ? `${named.name}.${named.namespace}`
      : address.host;
  const identity = `${named ? nameKey(named) : host}:${port}`;
  return {
    name: [identity, policyHash(policy, resolver, host)].join("~") as ClusterName,
    host,
    port,
    ...(named
      ? {
          service: {
            namespace: named.namespace,
            name: named.name,
            port,
            lenient: resolver === "endpoint",
            likely: looksLikeService(address.host),
          },
        }
      : {}),
    policy,
  };
}

/** Consul says the ports; the one here is what `--resolve` goes by. */
function declareInConsul(
  consul: ConsulService,
  address: ServiceAddress,
  policy: ConnectionPolicy,
): Omit<ClusterDecl, "origin"> {
  const { agent, datacenter, name: host } = consul;
  const name = `consul/${datacenter}/${host}~${policyHash(policy, "consul", agent)}` as ClusterName;
  return { name, host, port: address.port ?? (policy.tls ? 443 : 80), consul, policy };
}

function policyHash(policy: ConnectionPolicy, resolver: string, host: string): string {
  return hash("sha1", JSON.stringify([policy, resolver, host]), "hex").slice(0, 8);
}

function lowerPolicy(
  fields: UpstreamFields,
  defaults: RouteDefaults,
  address: ServiceAddress,
): Omit<ConnectionPolicy, "dnsFamily" | "tls"> {
  // 0 asks for the Module's value.
  const idle = fields.cluster_idle_timeout_ms || defaults.clusterIdleTimeoutMs;
  const lifetime = fields.cluster_max_connection_lifetime_ms || defaults.clusterMaxConnectionLifetimeMs;
  const breakers = fields.circuit_breakers ? lowerCircuitBreakers(fields.circuit_breakers) : defaults.circuitBreakers;
  const keepalive = fields.keepalive ? lowerKeepalive(fields.keepalive) : defaults.keepalive;
  return {
    connectTimeoutMs: fields.connect_timeout_ms ?? 3000,
    ...(idle === undefined ? {} : { idleTimeoutMs: idle }),
    ...(lifetime === undefined ? {} : { maxConnectionLifetimeMs: lifetime }),
    http2: fields.grpc ?? false,
    ...(defaults.headerCase && !fields.grpc ? { headerCase: defaults.headerCase } : {}),
    dnsType: fields.dns_type?.toLowerCase() === "logical_dns" ? "logical_dns" : "strict_dns",
    respectDnsTtl: fields.respect_dns_ttl ?? false,
    statName: fields.stats_name ?? defaults.statsName ?? statName(address),
    ...(breakers === undefined ? {} : { circuitBreakers: breakers }),
    ...(keepalive === undefined ? {} : { keepalive }),
    ...(fields.health_checks ? { healthChecks: fields.health_checks.map(lowerHealthCheck) } : {}),
    ...(fields.shadow ? { shadow: true } : {}),
    ...(fields.cluster_tag === undefined ? {} : { tag: fields.cluster_tag }),
  };
}

/** The name that dashboards know: the service string without scheme, everything else an underscore. */
function statName(address: ServiceAddress): string {
  const text = address.port === undefined ? address.host : `${address.host}:${address.port}`;
  return text.replace(/[^0-9A-Za-z]/g, "_");
}

function lowerFamily(
  fields: UpstreamFields,
  { defaults, origin }: UpstreamSurroundings,
): { readonly family: ConnectionPolicy["dnsFamily"]; readonly problem?: Diagnostic } {
  const v4 = fields.enable_ipv4 ?? defaults.ipv4;
  const v6 = fields.enable_ipv6 ?? defaults.ipv6;
  if (v4 && v6) return { family: "auto" };
  if (v6) return { family: "v6" };
  if (v4) return { family: "v4" };
  const problem = diagnose(
    "service/no-address-family",
    child(origin, "spec", "enable_ipv4"),
    "both IPv4 and IPv6 are switched off",
    {
      traffic: "IPv4 addresses are used all the same",
    },
  );
  return { family: "v4", problem };
}

function lowerOrigination(
  fields: UpstreamFields,
  address: ServiceAddress,
  around: UpstreamSurroundings,
): { readonly value?: UpstreamTls; readonly broken?: true; readonly diagnostics: readonly Diagnostic[] } {
  const { lookup, origin, reads } = around;
  const https = address.scheme === "https" ? { value: {} } : {};
  if (fields.tls === undefined || fields.tls === "") return { ...https, diagnostics: [] };
  const context = findContext(lookup, fields.tls, origin.ref.namespace, reads);
  if (context?.broken) return { broken: true, diagnostics: [brokenContext(origin, fields.tls)] };
  if (context) return { value: upstreamTls(context), diagnostics: contextNotes(context, address.scheme, around) };
  const unknown = diagnose(
    "tls/unknown-context",
    child(origin, "spec", "tls"),
    `there is no TLSContext "${fields.tls}"`,
    {
      traffic: "the service is spoken to with TLS, but without the settings that were asked for",
      hint: "create the TLSContext, or correct the name",
    },
  );
  // Never less secure than asked for: an unknown context still means TLS.
  return { value: {}, diagnostics: [unknown] };
}

function brokenContext(origin: Origin, name: string): Diagnostic {
  const message = `TLSContext "${name}" cannot be used, see there`;
  return diagnose("tls/broken-context", child(origin, "spec", "tls"), message, { traffic: "requests get 503" });
}

function unknownResolver(origin: Origin, name: string): Diagnostic {
  return diagnose(
    "service/unknown-resolver",
    child(origin, "spec", "resolver"),
    `there is no usable resolver "${name}"`,
    {
      traffic: "requests get 503",
      hint: "use kubernetes-service or kubernetes-endpoint, or create the resolver",
    },
  );
}
