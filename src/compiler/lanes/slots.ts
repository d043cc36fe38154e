/**
 * The slots of the HTTP filters, each a lane of its own: an edit of what one policy reads changes that policy's slot
 * and nothing else. A policy that routes ask for fills its slot with the first of them and empties it with the last.
 */
import type { Origin } from "#base/origin.ts";
import { emitSlotContent, type SlotContent } from "../envoy/slot.ts";
import type { Collection, Graph } from "../graph/index.ts";
import type { Encoded } from "../ir/encoded.ts";
import type { Route } from "../ir/route.ts";
import { policies } from "../policies/index.ts";
import type { Policy } from "../policies/policy.ts";
import { defaultSettings, type Settings } from "../settings.ts";
import type { ModuleValues } from "./module.ts";
import { emitted, keep } from "./wiring.ts";

/** What is asked of a policy, and the object that asks. */
export interface Asked {
  readonly value: unknown;
  readonly origin: Origin;
  /** Others that have a part in it. */
  readonly also?: readonly Origin[];
  /** Those that the filter sends requests to. */
  readonly clusters?: readonly string[];
}

/** What objects of a policy's own kind ask of it, by the policy's name, each under "". */
export type AskedByPolicy = Readonly<Record<string, Collection<Asked>>>;

/** What the slots are filled by. */
export interface SlotInputs {
  readonly settings: Collection<Settings>;
  readonly module: Pick<ModuleValues, "settings">;
  readonly routes: Collection<Route>;
  readonly own?: AskedByPolicy;
}

/** Declares all slots, as one collection by the names of their filters. */
export function declareSlots(g: Graph, inputs: SlotInputs, list: readonly Policy[] = policies): Collection<Encoded> {
  const uses = g.map("policies of routes", inputs.routes, ({ policies = {} }, _, key) => ({
    out: Object.keys(policies).map((name) => [`${key} ${name}`, name] as const),
  }));
  const users = g.count("routes by policy", uses, (name) => [name]);
  return g.union("slots", ...list.map((policy) => declareSlot(g, inputs, users, policy)));
}

function declareSlot(
  g: Graph,
  { settings, module, own = {} }: SlotInputs,
  users: Collection<number>,
  policy: Policy,
): Collection<Encoded> {
  const asked = g.map(`lower.${policy.name}`, module.settings, ({ config, at }) => {
    const { value, diagnostics } = policy.lower(config, at);
    return { ...keep("", value === undefined ? undefined : { value, origin: at }), diagnostics };
  });
  const ownAsked = own[policy.name];
  return g.value(`emit.Slot ${policy.name}`, (reads) => {
    const { envoyVersion } = reads.get(settings, "") ?? defaultSettings;
    const holding = (content: SlotContent) => emitSlotContent(policy, envoyVersion, content);
    const level: Asked | undefined = (ownAsked && reads.get(ownAsked, "")) ?? reads.get(asked, "");
    const forRoutes = policy.route?.slot;
    const isRouted = forRoutes !== undefined && reads.has(users, policy.name);
    const empty = () => holding(isRouted ? { config: policy.emit(forRoutes) } : {});
    if (!level) return keep(policy.filter, empty());
    const { value, clusters } = level;
    const filled = () => holding({ config: policy.emit(value), ...(clusters ? { clusters } : {}) });
    const { closed } = policy;
    const instead = closed === undefined ? empty : () => holding({ config: policy.emit(closed) });
    return emitted(policy.filter, level.origin, policy.without, filled, instead);
  });
}
