/** Which objects a resource comes from: asked when Envoy refuses it, and by people who wonder why it is there. */
import { type ResourceRef, refKey } from "#base/origin.ts";
import type { Declared } from "./compile.ts";
import type { ResourceType } from "./ir/encoded.ts";
import type { VirtualHost } from "./ir/virtual-host.ts";
import { finishedSets } from "./lanes/route-pieces.ts";
import type { Asked } from "./lanes/slots.ts";

const authFilter = "envoy.filters.http.ext_authz";
const limitFilter = "envoy.filters.http.ratelimit";

/** The objects behind a resource, without duplicates, in a stable order. */
export function ownersOf(declared: Declared, type: ResourceType, name: string): readonly ResourceRef[] {
  const owners = new Map(refs(declared, type, name).map((ref) => [refKey(ref), ref]));
  return [...owners.values()];
}

function refs(declared: Declared, type: ResourceType, name: string): readonly ResourceRef[] {
  switch (type) {
    case "cluster":
      return (declared.upstreams.clusterDecls.get(name) ?? []).map((decl) => decl.origin.ref);
    case "endpoints":
      return (declared.upstreams.subscribers.get(name) ?? []).map((cluster) => cluster.origin.ref);
    case "listener":
      return listenerOwners(declared, name);
    case "routes":
      return tableOwners(declared, name);
    case "scope":
      return scopeOwners(declared, name);
    case "secret":
      return secretOwners(declared, name);
    case "extension":
      return slotOwner(declared, name);
  }
}

/** A slot holds what the Module or an object of its policy's own kind asks for, or a no-op that is never refused. */
function slotOwner(declared: Declared, name: string): readonly ResourceRef[] {
  const asks = name === authFilter ? declared.auth.asked : name === limitFilter ? declared.rateLimit.asked : undefined;
  const asking: Asked | undefined = asks?.get("");
  return asking ? [asking.origin, ...(asking.also ?? [])].map(({ ref }) => ref) : moduleOwner(declared);
}

function moduleOwner(declared: Declared): readonly ResourceRef[] {
  const settings = declared.module.settings.get("");
  return settings ? [settings.at.ref] : [];
}

function listenerOwners(declared: Declared, name: string): readonly ResourceRef[] {
  const listener = declared.listeners.listeners.get(name);
  if (!listener) return [];
  const chains = [...declared.chains.chains.entries()].map(([, chain]) => chain);
  const own = [listener.origin.ref, ...moduleOwner(declared), ...toldOwners(declared)];
  return [...own, ...chains.filter((chain) => chain.listener === name).map((chain) => chain.origin.ref)];
}

/** Those that every listener tells of its requests or connections. */
function toldOwners({ logs, tracing }: Declared): readonly ResourceRef[] {
  const told = [...(logs.receivers.get("") ?? []), ...[tracing.tracing.get("")].flatMap((one) => (one ? [one] : []))];
  return told.map(({ origin }) => origin.ref);
}

function tableOwners(declared: Declared, name: string): readonly ResourceRef[] {
  const hosts = [...declared.tables.virtualHosts.entries()].map(([, host]) => host);
  return hostOwners(
    declared,
    hosts.filter((host) => host.table === name),
    name,
  );
}

/** Those of its virtual hosts; which of the bucket's routes it is, the search for it says. */
function scopeOwners(declared: Declared, name: string): readonly ResourceRef[] {
  const { places, parts, encodedScopes } = declared.tables.scopes;
  const key = encodedScopes.get(name)?.key ?? name;
  const placed = [...places.entries()].flatMap(([, place]) => (place.frame.key === key ? [place.host] : []));
  const part = parts.get(key);
  const hosts = part ? [part.host] : placed;
  return hosts.flatMap((host) => hostOwners(declared, [host], host.table));
}

function hostOwners(declared: Declared, hosts: readonly VirtualHost[], table: string): readonly ResourceRef[] {
  const sets = new Set(hosts.flatMap((host) => host.inherits.map((inherited) => inherited.set)));
  const routes = [...sets].flatMap(finishedSets(declared.emitted.emittedRoutes));
  const domains = [...declared.names.domains.entries()]
    .map(([, domain]) => domain)
    .filter((domain) => table.startsWith(`${domain.site}/`));
  const owners = [...moduleOwner(declared), ...domains.map((domain) => domain.host.origin.ref)];
  return [...routes.map(({ route }) => route.origin.ref), ...owners];
}

function secretOwners(declared: Declared, name: string): readonly ResourceRef[] {
  const use = declared.secrets.usedSecrets.get(name)?.[0];
  return [use?.secret, use?.crl].flatMap((key) => {
    const secret = key === undefined ? undefined : declared.hosts.secrets.get(key);
    return secret ? [secret.ref] : [];
  });
}
