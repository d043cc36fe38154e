/**
 * Label selectors of Hosts and Listeners.
 */
import { list, map, object, optional, required, string } from "../schema/index.ts";

/** A label selector; only `matchLabels` selects. */
export const selector = object({
  matchLabels: optional(map(string()), "Labels that must be there with these values."),
  matchExpressions: optional(
    list(
      object({
        key: required(string(), "Label."),
        operator: required(string(), "`In`, `NotIn`, `Exists` or `DoesNotExist`."),
        values: optional(list(string()), "Values for `In` and `NotIn`."),
      }),
    ),
    "Expressions over labels.",
    { status: "ignored", because: "only matchLabels has ever been looked at" },
  ),
});
