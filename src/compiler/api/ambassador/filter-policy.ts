/**
 * FilterPolicy: which Filters requests must pass.
 */
import { kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { enumOf, integer, list, object, optional, required, type Static, string } from "../schema/index.ts";
import { ifRequestHeader } from "./filter-templates.ts";
import { ambassadorId } from "./ids.ts";

const insteadOfRedirect = object({
  ifRequestHeader: optional(ifRequestHeader, "Only for some requests."),
  httpStatusCode: optional(integer({ min: 100, max: 599 }), "Status.", { unset: 403 }),
  filters: optional(
    list(object({ name: required(string(), "Name."), namespace: optional(string(), "Namespace.") })),
    "Filters that answer.",
  ),
});

const filterArguments = object({
  scope: optional(list(string()), "Scopes that the token must have."),
  scopes: optional(list(string()), "Old form of `scope`."),
  insteadOfRedirect: optional(insteadOfRedirect, "What users who are not logged in get."),
  sameSite: optional(enumOf("lax", "strict", "none", "default"), "SameSite of the cookies."),
});

const reference = object({
  name: required(string(), "Name of the Filter."),
  namespace: optional(string(), "Its namespace; the policy's by default."),
  ifRequestHeader: optional(ifRequestHeader, "Only for some requests."),
  onDeny: optional(enumOf("break", "continue"), "What a no means.", { unset: "break" }),
  onAllow: optional(enumOf("break", "continue"), "What a yes means.", { unset: "continue" }),
  arguments: optional(filterArguments, "Arguments of the Filter."),
});

/** A FilterPolicy's settings. */
const filterPolicySchema = object({
  ambassador_id: ambassadorId,
  rules: optional(
    list(
      object({
        host: required(string(), "Glob on the host."),
        path: required(string(), "Glob on the path."),
        precedence: optional(integer(), "Rules with more of it are tried first.", { unset: 0 }),
        filters: optional(list(reference), "Filters, in order; none lets requests pass."),
      }),
    ),
    "The first rule that matches counts.",
  ),
});

export type FilterPolicySpec = Static<typeof filterPolicySchema>;
export type FilterPolicy = Resource<"FilterPolicy", FilterPolicySpec>;

/** The kind FilterPolicy. */
export const filterPolicy = kind({
  kind: "FilterPolicy",
  plural: "filterpolicies",
  shortNames: ["fp"],
  versions: ["v1beta1", "v1beta2", "v2", "v3alpha1"],
  feature: "filter-policy",
  doc: "Which Filters requests must pass.",
  schema: filterPolicySchema,
  notYet: "requests are NOT checked by its Filters",
});
