/**
 * LOWER of resolvers: which one a name means, and what a service string asks of Consul. Names are looked up in the
 * object's own namespace and then in all, and two pairs of names always mean the same.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { isIp } from "#base/ip.ts";
import { child, type Origin } from "#base/origin.ts";
import { type ConsulResolver, consulAgent, type ServiceAddress } from "../../api/index.ts";
import type { Index, Reads } from "../../graph/graph.ts";
import type { ConsulService } from "../../ir/consul.ts";

/** How endpoints are found. */
export type ResolverKind =
  | { readonly kind: "service" | "endpoint" }
  | { readonly kind: "consul"; readonly agent: string; readonly datacenter: string; readonly origin?: Origin };

/** A resolver by its name. */
export type ResolverDecl = ResolverKind & { readonly name: string; readonly namespace: string };

const inConsul: ResolverKind = { kind: "consul", agent: consulAgent(undefined) ?? "", datacenter: "dc1" };

const implicit: ReadonlyMap<string, ResolverKind> = new Map<string, ResolverKind>([
  ["kubernetes-service", { kind: "service" }],
  ["kubernetes-endpoint", { kind: "endpoint" }],
  ["endpoint", { kind: "endpoint" }],
  ["consul", inConsul],
  ["consul-endpoint", inConsul],
]);

const aliases: ReadonlyMap<string, string> = new Map(
  [
    ["endpoint", "kubernetes-endpoint"],
    ["consul", "consul-endpoint"],
  ].flatMap(([one = "", other = ""]) => [
    [one, other],
    [other, one],
  ]),
);

/** The resolver of a name: the user's, that of its other name, or the one that is always there. */
export function findResolver(
  resolvers: Index<ResolverDecl>,
  name: string,
  { host }: ServiceAddress,
  namespace: string,
  reads: Reads,
): ResolverKind | undefined {
  const nearest = (called: string): ResolverDecl | undefined => {
    const all = reads.lookup(resolvers, called);
    return all.find((one) => one.namespace === namespace) ?? all.reduce(firstOf, all[0]);
  };
  const found = nearest(name) ?? nearest(aliases.get(name) ?? "") ?? implicit.get(name);
  // An address needs nobody to find it.
  return found?.kind === "consul" && isIp(host) ? { kind: "endpoint" } : found;
}

function firstOf(a: ResolverDecl | undefined, b: ResolverDecl): ResolverDecl {
  return a && a.namespace <= b.namespace ? a : b;
}

/** Where the old system would have taken a resolver of another namespace for an object. */
export function resolverNotes(
  resolvers: Index<ResolverDecl>,
  name: string,
  origin: Origin,
  reads: Reads,
): readonly Diagnostic[] {
  const all = reads.lookup(resolvers, name);
  const own = all.find((one) => one.namespace === origin.ref.namespace);
  const other = own && all.find((one) => one.namespace < own.namespace);
  if (!other) return [];
  const message = `the object's own namespace comes first; the old system took the resolver "${name}" of namespace "${other.namespace}"`;
  const traffic = `endpoints are those that the resolver of namespace "${own.namespace}" finds`;
  return [diagnose("compat/own-namespace", child(origin, "spec", "resolver"), message, { traffic })];
}

/** Lowers a ConsulResolver; nothing when its address cannot be one. */
export function lowerConsulResolver({ ref, spec }: ConsulResolver): ResolverDecl | undefined {
  const agent = consulAgent(spec.address);
  if (agent === undefined || !spec.datacenter) return undefined;
  return {
    name: ref.name,
    namespace: ref.namespace,
    kind: "consul",
    agent,
    datacenter: spec.datacenter,
    origin: { ref, path: "" },
  };
}

/** What is asked of Consul for a service string; no value: requests for it get 503. */
export function lowerConsulService(
  { host, port }: ServiceAddress,
  { agent, datacenter, origin }: Extract<ResolverKind, { readonly kind: "consul" }>,
  at: Origin,
): { readonly value?: ConsulService; readonly diagnostics: readonly Diagnostic[] } {
  if (host.includes(".")) return { diagnostics: [dotted(host, at)] };
  const named = origin ?? child({ ref: at.ref, path: "" }, "spec", "resolver");
  const value = { agent, datacenter, name: host, origin: named };
  return { value, diagnostics: port === undefined ? [] : [portIgnored(host, port, at)] };
}

function dotted(host: string, at: Origin): Diagnostic {
  return diagnose("resolver/dotted-name", at, `"${host}" cannot be in Consul: names of services have no dots there`, {
    traffic: "requests get 503",
    hint: "write the service's name in Consul, without a namespace, or name another resolver",
  });
}

function portIgnored(host: string, port: number, at: Origin): Diagnostic {
  return diagnose("resolver/port-ignored", at, `port ${port} means nothing: Consul says the ports of "${host}"`, {
    traffic: "each instance gets requests on the port that it is registered with",
    hint: `write ${host} alone`,
  });
}
