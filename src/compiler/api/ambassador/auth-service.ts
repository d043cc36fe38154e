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
import { serviceProblems, serviceString } from "./service-address.ts";
import { downgradeTls, upgradeTls, upstreamTls } from "./upstream-tls.ts";

const limitedBody = object({
  max_bytes: required(integer({ min: 1, max: 0xffffffff }), "How much of the body is sent along.", { example: 4096 }),
  allow_partial: required(boolean(), "Whether a longer body is cut, instead of refused with 413."),
});

/** An AuthService's settings. */
export const authServiceSchema = object({
  ambassador_id: ambassadorId,
  auth_service: required(serviceString, "The service that is asked: `[scheme://]host[:port]`.", {
    example: "authentication.auth:3000",
  }),
  proto: optional(enumOf("http", "grpc"), "Whether it is asked by HTTP or by gRPC.", { unset: "http" }),
  protocol_version: optional(enumOf("v2", "v3"), "Version of the gRPC protocol; only v3 is spoken."),
  path_prefix: optional(string(), "Put before the path of HTTP requests to it.", { example: "/verify" }),
  ...upstreamTls,
  timeout_ms: optional(milliseconds, "How long an answer may take, after which requests are denied.", {
    unset: 5000,
    example: 2000,
  }),
  connect_timeout_ms: optional(integer({ min: 1 }), "How long connecting to it may take.", {
    unset: 3000,
    example: 1000,
  }),
  cluster_idle_timeout_ms: optional(milliseconds, "When idle connections to it are closed.", { example: 30000 }),
  cluster_max_connection_lifetime_ms: optional(milliseconds, "When connections to it are closed at the latest.", {
    example: 600000,
  }),
  allowed_request_headers: optional(list(string()), "Request headers that it sees, besides the usual ones.", {
    example: ["x-session"],
  }),
  allowed_authorization_headers: optional(list(string()), "Headers of its answer that go on to service or client.", {
    example: ["x-user"],
  }),
  allowed_headers: oldOnly(list(string()), "Both of the above at once, as v0 wrote them.", {
    versions: ["v0", "v1"],
    example: ["x-user"],
  }),
  add_auth_headers: optional(map(variants(string(), boolean())), "Headers added to requests to it.", {
    example: { "x-from": "gateway" },
  }),
  add_linkerd_headers: optional(boolean(), "Add `l5d-dst-override`."),
  allow_request_body: optional(boolean(), "Send it the first 4096 bytes of the body.", { unset: false }),
  include_body: optional(limitedBody, "Send it the body of requests."),
  failure_mode_allow: optional(boolean(), "Serve requests while it cannot be reached.", { unset: false }),
  status_on_error: optional(
    object({
      code: optional(integer({ min: 100, max: 599 }), "Status that clients get.", { unset: 403, example: 503 }),
    }),
    "What clients get while it cannot be reached.",
  ),
  circuit_breakers: optional(circuitBreakers, "Limits towards the service, beyond which it counts as not reached.", {
    example: [{ max_connections: 100 }],
  }),
  stats_name: optional(string(), "Name of the service in Envoy's statistics.", {
    old: { name: "v3StatsName" },
    example: "auth",
  }),
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
  example: { auth_service: "authentication.auth:3000", proto: "grpc", protocol_version: "v3" },
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
