/**
 * Label selectors of Hosts and Listeners.
 */
import { list, map, object, optional, required, string } from "../schema/index.ts";

/** A label selector; only `matchLabels` selects. */
export const selector = object({
  matchLabels: optional(map(string()), "Labels that must be there with these values.", { example: { site: "shop" } }),
  matchExpressions: optional(
    list(
      object({
        key: required(string(), "Label that is looked at.", { example: "site", beside: { operator: "Exists" } }),
        operator: required(string(), "`In`, `NotIn`, `Exists` or `DoesNotExist`.", { example: "Exists" }),
        values: optional(list(string()), "Values for `In` and `NotIn`.", {
          example: ["shop"],
          beside: { key: "site", operator: "In" },
        }),
      }),
    ),
    "Expressions over labels.",
    {
      status: "ignored",
      because: "only matchLabels has ever been looked at",
      example: [{ key: "site", operator: "Exists" }],
      beside: { matchLabels: { site: "shop" } },
    },
  ),
});
