/**
 * RateLimit: how many requests with some labels there may be.
 */
import { kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import {
  enumOf,
  integer,
  list,
  map,
  object,
  optional,
  required,
  type Static,
  string,
  stringLike,
} from "../schema/index.ts";
import { errorResponse, templateHeaders } from "./filter-templates.ts";
import { ambassadorId } from "./ids.ts";

const unit = stringLike(
  "^(?:[sS][eE][cC][oO][nN][dD]|[mM][iI][nN][uU][tT][eE]|[hH][oO][uU][rR]|[dD][aA][yY])$",
  "second, minute, hour or day",
);
const anyCase = stringLike("^(?:[eE][nN][fF][oO][rR][cC][eE]|[lL][oO][gG][oO][nN][lL][yY])$", "Enforce or LogOnly");

const limit = object({
  name: optional(string(), "Name in logs."),
  action: optional(enumOf("Enforce", "LogOnly"), "What is done with requests beyond it.", {
    unset: "Enforce",
    old: { form: anyCase, toHub: (action) => (String(action).toLowerCase() === "enforce" ? "Enforce" : "LogOnly") },
  }),
  pattern: required(list(map(string())), "Labels that a group must start with; `*` for any value."),
  rate: required(integer({ min: 0, max: 2147483647 }), "How many requests."),
  unit: required(unit, "In which time."),
  burstFactor: optional(
    integer({ min: 0, max: 2147483647 }),
    "Units whose unused requests may be made up for at once.",
  ),
  injectRequestHeaders: optional(templateHeaders, "Headers added to the request."),
  injectResponseHeaders: optional(templateHeaders, "Headers added to the answer."),
  errorResponse: optional(errorResponse, "What clients beyond the limit get."),
});

/** A RateLimit's settings. */
const rateLimitSchema = object({
  ambassador_id: ambassadorId,
  domain: optional(string(), "Domain of the labels."),
  limits: optional(list(limit), "The limits."),
});

export type RateLimitSpec = Static<typeof rateLimitSchema>;
export type RateLimit = Resource<"RateLimit", RateLimitSpec>;

/** The kind RateLimit. */
export const rateLimit = kind({
  kind: "RateLimit",
  plural: "ratelimits",
  shortNames: ["rl"],
  versions: ["v1beta1", "v1beta2", "v2", "v3alpha1"],
  feature: "rate-limit",
  doc: "How many requests with some labels there may be.",
  schema: rateLimitSchema,
  notYet: "requests are NOT limited by it",
});
