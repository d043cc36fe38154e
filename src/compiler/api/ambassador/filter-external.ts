/**
 * The Filters that ask for a key, and that ask an outside service.
 */
import { boolean, enumOf, integer, list, object, optional, required, string } from "../schema/index.ts";
import { milliseconds } from "./cluster-settings.ts";

/** `APIKey`. */
export const apiKey = object({
  httpHeader: optional(string(), "Header that carries the key.", { unset: "X-API-Key" }),
  keys: optional(
    list(object({ secretName: optional(string(), "Secret in the Filter's namespace; each of its values is a key.") })),
    "Where the keys are.",
  ),
});

const fromSecret = object({
  fromSecret: required(
    object({ name: required(string(), "Name."), namespace: optional(string(), "Namespace; the Filter's by default.") }),
    "The Secret.",
  ),
});

/** `External`. */
export const external = object({
  auth_service: required(string(), "The service: `[scheme://]host[:port]`."),
  tls: optional(boolean(), "Whether the connection is encrypted; by default if the scheme says so."),
  tlsConfig: optional(
    object({
      caCertificate: optional(fromSecret, "Authority of the service's certificate."),
      certificate: optional(fromSecret, "Certificate that is shown to the service."),
    }),
    "Certificates of the connection.",
  ),
  proto: optional(enumOf("http", "grpc"), "How it is asked.", { unset: "http" }),
  protocol_version: optional(enumOf("v2", "v3"), "Version of the gRPC protocol; only v3 is spoken."),
  timeout_ms: optional(milliseconds, "How long an answer may take.", { unset: 5000 }),
  path_prefix: optional(string(), "Put before the path."),
  allowed_request_headers: optional(list(string()), "Request headers that it sees, besides the usual ones."),
  allowed_authorization_headers: optional(list(string()), "Headers of its answer that go on."),
  add_linkerd_headers: optional(boolean(), "Add `l5d-dst-override`.", { unset: false }),
  allow_request_body: optional(boolean(), "Send it the first 4096 bytes of the body.", { unset: false }),
  include_body: optional(
    object({
      max_bytes: required(integer({ min: 0 }), "How much of the body is sent along."),
      allow_partial: required(boolean(), "Whether a longer body is cut, instead of refused with 413."),
    }),
    "Send it the body.",
  ),
  status_on_error: optional(
    object({ code: optional(integer({ min: 100, max: 599 }), "Status.", { unset: 403 }) }),
    "What clients get while it cannot be reached.",
  ),
  failure_mode_allow: optional(boolean(), "Serve requests while it cannot be reached.", { unset: false }),
});
