/** RateLimitServices: the one that is asked, its upstream, and the domain whose labels it is sent. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { formatRef, type ResourceRef } from "#base/origin.ts";
import { inModule, type ModuleConfig, type RateLimitService } from "../api/index.ts";
import * as ambassador from "../frontends/ambassador/index.ts";
import type { Collection, Graph } from "../graph/index.ts";
import type { InstanceLabels } from "../policies/policy.ts";
import { lowerRateLimit } from "../policies/rate-limit/lower.ts";
import type { Objects } from "./objects.ts";
import { byOwner, keep, single } from "./wiring.ts";

/** The RateLimitService that is asked: the first by its name, or what the Module `ratelimit` describes. */
export function chosenRateLimit(g: Graph, { all }: Pick<Objects, "all">): Collection<RateLimitService> {
  const own = g.map("RateLimitServices", all("RateLimitService"), ({ resource }, _, key) => keep(key, { resource }));
  const modules = g.map("Modules ratelimit", all("Module"), ({ resource }, _, key) => {
    const spec = resource.spec.rateLimitService;
    return keep(key, spec && { resource: { ...resource, kind: "RateLimitService", spec } as const });
  });
  const together = g.group("RateLimitServices and Modules", g.union("limiters", own, modules), () => [""], byTurn);
  return g.map("the RateLimitService", together, ([one, ...others]) => ({
    ...single(one?.resource),
    diagnostics: one ? others.map(({ resource }) => notAsked(resource.ref, one.resource.ref)) : [],
  }));
}

interface Limiter {
  readonly resource: RateLimitService;
}

/** RateLimitServices by their names, and Modules behind them. */
function byTurn(a: Limiter, b: Limiter): number {
  return Number(isModule(a.resource.ref)) - Number(isModule(b.resource.ref)) || byOwner(a, b);
}

function isModule(ref: ResourceRef): boolean {
  return ref.kind === "Module";
}

function notAsked(ref: ResourceRef, first: ResourceRef): Diagnostic {
  const traffic = "this one is not asked";
  if (isModule(ref)) {
    const detail = { traffic, hint: "delete the Module" };
    return diagnose(
      "module/service-hidden",
      { ref, path: ".spec.config" },
      `${formatRef(first)} is asked instead`,
      detail,
    );
  }
  const message = `only ${formatRef(first)} is asked, the first by its name`;
  return diagnose("rate-limit-service/second", { ref, path: "" }, message, { traffic, hint: "delete one of them" });
}

/** The domain of the labels that a RateLimitService is sent. */
function limitDomain({ spec }: RateLimitService, config: ModuleConfig): string {
  return spec.domain || config.default_label_domain || "ambassador";
}

/** What the labels of all Mappings have in common. */
export function instanceLabels(service: RateLimitService, config: ModuleConfig): InstanceLabels {
  const domain = limitDomain(service, config);
  const common = config.default_labels?.[domain]?.defaults ?? [];
  const isDefault = domain === (config.default_label_domain || "ambassador");
  return { domain, common, alone: isDefault && common.length > 0 };
}

/** Declares what the RateLimitService asks for. */
export function declareRateLimit(
  g: Graph,
  chosen: Collection<RateLimitService>,
  settings: Collection<{ readonly config: ModuleConfig }>,
  lookup: ambassador.MappingLookup,
) {
  const lowered = g.map("lower.RateLimitService", chosen, (service, reads) => {
    const { ref, spec } = service;
    const origin = { ref, path: "" };
    const told = (list: readonly Diagnostic[]) =>
      isModule(ref) ? list.map((one) => ({ ...one, at: inModule(one.at) })) : list;
    const domain = limitDomain(service, reads.get(settings, "")?.config ?? {});
    const defaults = reads.get(lookup.defaults, "") ?? ambassador.noDefaults;
    const upstream = ambassador.lowerUpstream({ ...spec, grpc: true }, { lookup, defaults, origin, reads });
    if (!upstream.value) return { out: [], diagnostics: told(upstream.diagnostics) };
    const { value, diagnostics } = lowerRateLimit(spec, domain, upstream.value, origin);
    const decl = value && { origin, value, upstream: upstream.value };
    return { ...keep("", decl), diagnostics: told([...upstream.diagnostics, ...diagnostics]) };
  });
  return {
    asked: g.map("asked of rate-limit", lowered, ({ origin, upstream, value }) =>
      keep("", { value, origin, clusters: [upstream.name] }),
    ),
    upstreams: g.map("clusters of RateLimitServices", lowered, ({ upstream }) => keep("RateLimitService", upstream)),
  };
}
