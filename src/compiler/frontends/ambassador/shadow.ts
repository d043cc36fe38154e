/** LOWER of shadows: what a Mapping that only gets copies of requests cannot decide. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { MappingSpec } from "../../api/index.ts";

/** How requests are changed and answered; a copy is what the Mapping that serves has made of the request. */
const servingFields = [
  "rewrite",
  "regex_rewrite",
  "host_rewrite",
  "auto_host_rewrite",
  "timeout_ms",
  "idle_timeout_ms",
  "priority",
  "add_request_headers",
  "add_response_headers",
  "remove_request_headers",
  "remove_response_headers",
  "add_linkerd_headers",
  "auth_service",
  "cors",
  "retry_policy",
  "use_websocket",
  "allow_upgrade",
] as const;

/** Fields of a shadow that have no effect. */
export function shadowNotes(spec: MappingSpec, origin: Origin): readonly Diagnostic[] {
  const redirect = spec.host_redirect
    ? [
        diagnose("mapping/shadow-redirect", child(origin, "spec", "host_redirect"), "a shadow cannot redirect", {
          traffic: "it gets copies of requests, and nothing is redirected",
          hint: "write either shadow or host_redirect",
        }),
      ]
    : [];
  const idle = servingFields.filter((field) => spec[field] !== undefined);
  return [
    ...redirect,
    ...idle.map((field) =>
      diagnose("mapping/shadow-field", child(origin, "spec", field), `${field} of a shadow has no effect`, {
        traffic: "a copy is what the Mapping that serves the request has made of it",
      }),
    ),
  ];
}
