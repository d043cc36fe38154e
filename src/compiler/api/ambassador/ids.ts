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
    fromHub: (ids) => (Array.isArray(ids) ? ids.map((id) => `${hubOnlyPrefix}${String(id)}`) : ids),
  },
});
