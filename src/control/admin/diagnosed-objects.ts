/**
 * Routes and services of the diagnostics, with the keys that dashboards of the old system look at: of a Mapping what it
 * says itself, of anything else what can be said of its route.
 */
import { createHash } from "node:crypto";
import { formatOrigin, formatRef, refKey } from "#base/origin.ts";
import { type Compiler, listRoutes, type RouteRow } from "#compiler";

/** All routes, in the order of matching. */
export function routeInformation(declared: Compiler["declared"]): readonly object[] {
  return listRoutes(declared).map((row) => {
    const resource = declared.objects.admitted.get(refKey(row.at.ref))?.resource;
    return { ...ofRoute(row), ...(resource?.kind === "Mapping" ? ofMapping(resource.spec, row) : {}) };
  });
}

/** Routes for the same requests are a group. */
function ofRoute({ at, hosts, path, conditions, percent, destination }: RouteRow): object {
  const key = formatOrigin(at);
  return {
    _route: key,
    _source: key,
    _group_id: createHash("sha1")
      .update(JSON.stringify([hosts, path, conditions]))
      .digest("hex"),
    key,
    prefix: path,
    path,
    hosts,
    host: hosts.length === 1 ? hosts[0] : "*",
    method: "*",
    headers: conditions,
    weight: percent,
    destination,
    clusters: [{ name: destination, weight: percent }],
  };
}

interface MappingFields {
  readonly prefix: string;
  readonly rewrite?: string | undefined;
  readonly method?: string | undefined;
  readonly precedence?: number | undefined;
  readonly service: string;
}

function ofMapping({ prefix, rewrite = "/", method = "*", precedence, service }: MappingFields, row: RouteRow): object {
  const clusters = [{ name: row.destination, service, weight: row.percent }];
  return { prefix, rewrite, method, ...(precedence === undefined ? {} : { precedence }), clusters };
}

/** Objects of some kinds: those that other objects use. */
export function elements(declared: Compiler["declared"], kinds: readonly string[]): readonly object[] {
  return resourcesOf(declared, kinds).map(({ kind, ref }) => ({
    type: kind,
    name: ref.name,
    namespace: ref.namespace,
    _source: formatRef(ref),
  }));
}

/** The same with where they are, and as which cluster Envoy knows them. */
export function services(declared: Compiler["declared"], kinds: readonly string[]): readonly object[] {
  const clusters = new Map<string, string>();
  for (const [name, { origin }] of declared.upstreams.clusters.entries()) clusters.set(refKey(origin.ref), name);
  return resourcesOf(declared, kinds).map(({ kind, ref, spec }) => ({
    type: kind,
    name: addressIn(spec) ?? ref.name,
    cluster: clusters.get(refKey(ref)) ?? null,
    _service_weight: 100,
    resource: ref.name,
    namespace: ref.namespace,
    _source: formatRef(ref),
  }));
}

function resourcesOf({ objects }: Compiler["declared"], kinds: readonly string[]) {
  const all = [...objects.admitted.entries()].map(([, { resource }]) => resource);
  return all.filter(({ kind }) => kinds.includes(kind));
}

function addressIn(spec: object): unknown {
  if ("auth_service" in spec) return spec.auth_service;
  return "service" in spec ? spec.service : undefined;
}
