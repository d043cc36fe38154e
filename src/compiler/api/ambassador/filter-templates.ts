/**
 * What Filters and RateLimits share: headers and error answers made from templates, conditions on request headers.
 */
import { boolean, list, object, optional, required, string } from "../schema/index.ts";

/** `injectRequestHeaders` and its like. */
export const templateHeaders = list(
  object({ name: required(string(), "Header."), value: required(string(), "Go template of its value.") }),
);

/** `errorResponse`. */
export const errorResponse = object({
  contentType: optional(string(), "Old form of a header `Content-Type`."),
  realm: optional(string(), "Realm of `WWW-Authenticate`; name and namespace of the Filter by default."),
  headers: optional(templateHeaders, "Headers of the answer."),
  bodyTemplate: optional(string(), "Go template of the body."),
});

/** `ifRequestHeader`. */
export const ifRequestHeader = object({
  name: required(string(), "Header."),
  negate: optional(boolean(), "Whether the condition is turned round.", { unset: false }),
  value: optional(string(), "Exact value."),
  valueRegex: optional(string(), "RE2 expression for the value."),
});
