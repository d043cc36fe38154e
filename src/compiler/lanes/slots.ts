/**
 * The slots of the HTTP filters, each a lane of its own: an edit of what one policy reads changes that policy's slot
 * and nothing else.
 */
import type { Origin } from "#base/origin.ts";
import type { ModuleConfig } from "../api/index.ts";
import { emitSlot } from "../envoy/extension.ts";
import type { Collection, Graph } from "../graph/index.ts";
import type { Encoded } from "../ir/encoded.ts";
import { policies } from "../policies/index.ts";
import type { Policy } from "../policies/policy.ts";
import type { ModuleValues } from "./module.ts";
import { emitted, keep } from "./wiring.ts";

/** The settings of the Module that counts, and where they are. */
export interface ModuleSettings {
  readonly config: ModuleConfig;
  readonly at: Origin;
}

/** Declares all slots, as one collection by the names of their filters. */
export function declareSlots(
  g: Graph,
  { settings }: Pick<ModuleValues, "settings">,
  list: readonly Policy[] = policies,
): Collection<Encoded> {
  return g.union("slots", ...list.map((policy) => declareSlot(g, settings, policy)));
}

function declareSlot(g: Graph, settings: Collection<ModuleSettings>, policy: Policy): Collection<Encoded> {
  const asked = g.map(`lower.${policy.name}`, settings, ({ config, at }) => {
    const { value, diagnostics } = policy.lower(config, at);
    return { ...keep("", value === undefined ? undefined : { value, origin: at }), diagnostics };
  });
  return g.value(`emit.Slot ${policy.name}`, (reads) => {
    const level = reads.get(asked, "");
    const empty = () => emitSlot(policy, undefined);
    if (!level) return keep(policy.filter, empty());
    const filled = () => emitSlot(policy, policy.emit(level.value));
    return emitted(policy.filter, level.origin, policy.without, filled, empty);
  });
}
