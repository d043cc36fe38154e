/** The Module, as small values that wake only their own readers. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { ResourceRef } from "#base/origin.ts";
import * as ambassador from "../frontends/ambassador/index.ts";
import type { Graph } from "../graph/index.ts";
import { lowerPolicyDefaults } from "../policies/on-routes.ts";
import type { Objects } from "./objects.ts";
import { chosenRateLimit, instanceLabels } from "./rate-limit.ts";
import { byOwner, single, theModule } from "./wiring.ts";

/** The Module's values; each holds one, under "", where there is a Module. */
export type ModuleValues = ReturnType<typeof declareModule>;

function secondModule(ref: ResourceRef): Diagnostic {
  return diagnose(
    "module/second-module",
    { ref, path: "" },
    "there is another Module ambassador, and only one counts",
    {
      traffic: "none of its settings has an effect",
      hint: "put all settings into one Module",
    },
  );
}

/** Declares the Module's values. */
export function declareModule(g: Graph, { all }: Objects) {
  const chosen = g.group("the Module", all("Module"), theModule, byOwner);
  const module = g.map("Module", chosen, ([one, ...others]) => ({
    ...single(one?.resource.spec.config),
    diagnostics: others.map(({ resource }) => secondModule(resource.ref)),
  }));
  const settings = g.map("Module with origin", chosen, ([one]) =>
    single(one && { config: one.resource.spec.config, at: { ref: one.resource.ref, path: ".spec.config" } }),
  );
  const defaults = g.map("lower.policies", settings, ({ config, at }) => {
    const { value, diagnostics } = lowerPolicyDefaults(config, at);
    return { ...single(value), diagnostics };
  });
  const rateLimit = chosenRateLimit(g, { all });
  const labels = g.map("lower.labels", rateLimit, (service, reads) =>
    single(instanceLabels(service, reads.get(settings, "")?.config ?? {})),
  );
  const policies = g.value("policies on routes", (reads) => {
    const [uses, limits] = [reads.get(defaults, ""), reads.get(labels, "")];
    return single({ ...(uses ? { defaults: uses } : {}), ...(limits ? { labels: limits } : {}) });
  });
  return {
    settings,
    policies,
    rateLimit,
    defaults: g.map("lower.defaults", module, (config) => single(ambassador.lowerRouteDefaults(config))),
    legacy: g.map("lower.legacy", module, (config) => single(ambassador.lowerLegacyListening(config))),
    httpOptions: g.map("lower.httpOptions", module, (config) => single(ambassador.lowerHttpOptions(config))),
  };
}
