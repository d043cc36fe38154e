/** The Module, as small values that wake only their own readers. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { Origin, ResourceRef } from "#base/origin.ts";
import type { ModuleConfig } from "../api/index.ts";
import * as ambassador from "../frontends/ambassador/index.ts";
import type { Graph } from "../graph/index.ts";
import { lowerPolicyDefaults } from "../policies/on-routes.ts";
import type { Inputs, Objects } from "./objects.ts";
import { chosenRateLimit, instanceLabels } from "./rate-limit.ts";
import { byOwner, single, theModule } from "./wiring.ts";

/** The settings of the Module that counts, and where they are. */
export interface ModuleSettings {
  readonly config: ModuleConfig;
  readonly at: Origin;
}

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

function ownModule(ref: ResourceRef, other: ResourceRef): Diagnostic {
  const message = `the instance's own namespace comes first; the old system took the Module of namespace "${other.namespace}"`;
  return diagnose("compat/own-namespace", { ref, path: "" }, message, { traffic: "the settings of this one count" });
}

/** Declares the Module's values. */
export function declareModule(g: Graph, inputs: Inputs, { all }: Objects) {
  const modules = g.group("Modules", all("Module"), theModule, byOwner);
  const chosen = g.map("the Module", modules, (members, reads) => {
    const own = reads.get(inputs.settings, "")?.namespace;
    return single(members.find(({ resource }) => resource.ref.namespace === own) ?? members[0]);
  });
  const module = g.map("Module", chosen, ({ resource }, reads) => {
    const others = (reads.get(modules, "") ?? []).filter((one) => one.resource !== resource);
    const [first] = others.filter((one) => byOwner(one, { resource }) < 0);
    return {
      ...single(resource.spec.config),
      diagnostics: [
        ...others.map((one) => secondModule(one.resource.ref)),
        ...(first ? [ownModule(resource.ref, first.resource.ref)] : []),
      ],
    };
  });
  const settings = g.map("Module with origin", chosen, ({ resource: { ref, spec } }) =>
    single<ModuleSettings>({ config: spec.config, at: { ref, path: ".spec.config" } }),
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
    runtimeFlags: g.value("lower.runtimeFlags", (reads) =>
      single(ambassador.lowerRuntimeFlags(reads.get(module, "") ?? {})),
    ),
    legacy: g.map("lower.legacy", module, (config) => single(ambassador.lowerLegacyListening(config))),
    httpOptions: g.map("lower.httpOptions", module, (config) => single(ambassador.lowerHttpOptions(config))),
  };
}
