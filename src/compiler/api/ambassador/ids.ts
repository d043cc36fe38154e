/**
 * The field `ambassador_id`, which every kind of the group has.
 */
import { hubOnlyPrefix, idsOf } from "../ambassador-id.ts";
import { list, optional, string, variants } from "../schema/index.ts";

/** `ambassador_id`: a text or a list in old versions, a list in the hub. */
export const ambassadorId = optional(list(string()), "The instances that use this object.", {
  unset: "default",
  example: ["default", "internal"],
  old: {
    form: variants(string(), list(string())),
    toHub: idsOf,
    // No id is the default one, and must be told from an object that was never converted, too.
    fromHub: (ids) => (Array.isArray(ids) ? (ids.length === 0 ? ["default"] : ids).map(prefixed) : ids),
  },
});

function prefixed(id: unknown): string {
  return `${hubOnlyPrefix}${String(id)}`;
}
