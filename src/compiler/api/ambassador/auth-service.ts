/**
 * AuthService: a service that every request is shown to before it is served.
 */
import { kind, type Loose } from "../kind.ts";
import type { Resource } from "../resource.ts";
import {
  boolean,
  enumOf,
  integer,
  list,
  map,
  object,
  oldOnly,
  optional,
  required,
  type Static,
  string,
  variants,
} from "../schema/index.ts";
import { circuitBreakers, milliseconds } from "./cluster-settings.ts";
import { ambassadorId } from "./ids.ts";
import { serviceProblems } from "./service-address.ts";
import { downgradeTls, upgradeTls, upstreamTls } from "./upstream-tls.ts";

const limitedBody = object({
  max_bytes: required(integer({ min: 1, max: 0xffffffff }), "How much of the body is sent along."),
  allow_partial: required(boolean(), "Whether a longer body is cut, instead of refused with 413."),
});

/** An AuthService's settings. */
export const authServiceSchema = object({
  ambassador_id: ambassadorId,
  auth_service: required(string(), "The service that is asked: `[scheme://]host[:port]`."),
  proto: optional(enumOf("http", "grpc"), "How it is asked.", { unset: "http" }),
  protocol_version: optional(enumOf("v2", "v3"), "Version of the gRPC protocol; only v3 is spoken."),
  path_prefix: optional(string(), "Put before the path of HTTP requests to it."),
  ...upstreamTls,
  timeout_ms: optional(milliseconds, "How long an answer may take.", { unset: 5000 }),
  connect_timeout_ms: optional(integer({ min: 1 }), "How long connecting may take.", { unset: 3000 }),
  cluster_idle_timeout_ms: optional(milliseconds, "When idle connections to it are closed."),
  cluster_max_connection_lifetime_ms: optional(milliseconds, "When connections to it are closed at the latest."),
  allowed_request_headers: optional(list(string()), "Request headers that it sees, besides the usual ones."),
  allowed_authorization_headers: optional(list(string()), "Headers of its answer that go on to service or client."),
  allowed_headers: oldOnly(list(string()), "Both of the above, in v0.", { versions: ["v0", "v1"] }),
  add_auth_headers: optional(map(variants(string(), boolean())), "Headers added to requests to it."),
  add_linkerd_headers: optional(boolean(), "Add `l5d-dst-override`."),
  allow_request_body: optional(boolean(), "Send it the first 4096 bytes of the body.", { unset: false }),
  include_body: optional(limitedBody, "Send it the body."),
  failure_mode_allow: optional(boolean(), "Serve requests while it cannot be reached.", { unset: false }),
  status_on_error: optional(
    object({ code: optional(integer({ min: 100, max: 599 }), "Status.", { unset: 403 }) }),
    "What clients get while it cannot be reached.",
  ),
  circuit_breakers: optional(circuitBreakers, "Limits of its cluster."),
  stats_name: optional(string(), "Name of its cluster in statistics.", { old: { name: "v3StatsName" } }),
});

export type AuthServiceSpec = Static<typeof authServiceSchema>;
export type AuthService = Resource<"AuthService", AuthServiceSpec>;

/** The kind AuthService. */
export const authService = kind({
  kind: "AuthService",
  plural: "authservices",
  versions: ["v0", "v1", "v2", "v3alpha1"],
  feature: "auth-service",
  doc: "A service that every request is shown to before it is served.",
  schema: authServiceSchema,
  verify: ({ auth_service: service }, at) => serviceProblems(service, at, "auth_service"),
  upgrade: (old) => upgradeTls(upgradeHeaderLists(old), "auth_service"),
  downgrade: (hub) => downgradeTls(hub, "auth_service"),
});

function upgradeHeaderLists(old: Loose): Loose {
  const { allowed_headers: both, ...rest } = old;
  if (!Array.isArray(both)) return old;
  const extended = (field: string): Loose => ({
    [field]: [...((rest[field] as readonly string[] | undefined) ?? []), ...both],
  });
  return { ...rest, ...extended("allowed_request_headers"), ...extended("allowed_authorization_headers") };
}
