/** RateLimitServices: the one that is asked, its upstream, and the domain whose labels it is sent. */
import { diagnose } from "#base/diagnostic.ts";
import { formatRef } from "#base/origin.ts";
import type { ModuleConfig, RateLimitService } from "../api/index.ts";
import * as ambassador from "../frontends/ambassador/index.ts";
import type { Collection, Graph } from "../graph/index.ts";
import type { InstanceLabels } from "../policies/policy.ts";
import { entryOf } from "../policies/rate-limit/labels.ts";
import { lowerRateLimit } from "../policies/rate-limit/lower.ts";
import type { Objects } from "./objects.ts";
import type { ModuleSettings } from "./slots.ts";
import { byOwner, keep, single } from "./wiring.ts";

/** The RateLimitService that is asked: the first by its name. */
export function chosenRateLimit(g: Graph, { all }: Pick<Objects, "all">): Collection<RateLimitService> {
  const together = g.group("RateLimitServices", all("RateLimitService"), () => [""], byOwner);
  return g.map("the RateLimitService", together, ([one, ...others]) => ({
    ...single(one?.resource),
    diagnostics: others.map(({ resource: { ref } }) => {
      const message = `only ${one ? formatRef(one.resource.ref) : "another"} is asked, the first by its name`;
      const detail = { traffic: "this one is not asked", hint: "delete one of them" };
      return diagnose("rate-limit-service/second", { ref, path: "" }, message, detail);
    }),
  }));
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
  return { domain, common, alone: isDefault && common.length > 0 ? [common.map(entryOf)] : [] };
}

/** Declares what the RateLimitService asks for. */
export function declareRateLimit(
  g: Graph,
  chosen: Collection<RateLimitService>,
  settings: Collection<ModuleSettings>,
  lookup: ambassador.MappingLookup,
) {
  const lowered = g.map("lower.RateLimitService", chosen, (service, reads) => {
    const { ref, spec } = service;
    const origin = { ref, path: "" };
    const domain = limitDomain(service, reads.get(settings, "")?.config ?? {});
    const defaults = reads.get(lookup.defaults, "") ?? ambassador.noDefaults;
    const upstream = ambassador.lowerUpstream(lookup, { ...spec, grpc: true }, defaults, origin, reads);
    if (!upstream.value) return { out: [], diagnostics: upstream.diagnostics };
    const { value, diagnostics } = lowerRateLimit(spec, domain, upstream.value, origin);
    const decl = value && { origin, value, upstream: upstream.value };
    return { ...keep("", decl), diagnostics: [...upstream.diagnostics, ...diagnostics] };
  });
  return {
    asked: g.map("asked of rate-limit", lowered, ({ origin, upstream, value }) =>
      keep("", { value, origin, clusters: [upstream.name] }),
    ),
    upstreams: g.map("clusters of RateLimitServices", lowered, ({ upstream }) => keep("RateLimitService", upstream)),
  };
}
