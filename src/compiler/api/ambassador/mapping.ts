/**
 * Mapping: requests that match → a service. The schema of every version; what conversion does across fields is in
 * mapping-versions.ts.
 */
import { kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import {
  anything,
  boolean,
  enumOf,
  integerOf,
  list,
  map,
  object,
  oldOnly,
  optional,
  required,
  type Static,
  string,
} from "../schema/index.ts";
import { milliseconds, retryPolicy } from "./cluster-settings.ts";
import { cors, downgradeCors, oldCors, upgradeCors } from "./cors.ts";
import { errorResponseOverrides } from "./error-responses.ts";
import { addedHeaders, stringList } from "./headers.ts";
import { healthCheckProblems, healthCheckRule } from "./health-rules.ts";
import { ambassadorId } from "./ids.ts";
import { downgradeLabels, labels, oldLabels, upgradeLabels } from "./labels.ts";
import { settleAuthority, verifyAuthority } from "./mapping-authority.ts";
import { destination } from "./mapping-destination.ts";
import { verifyDnsType } from "./mapping-dns.ts";
import { matching } from "./mapping-matching.ts";
import { verifyMapping } from "./mapping-rules.ts";
import { downgradeMapping, upgradeMapping } from "./mapping-versions.ts";
import { balancingProblems, upstreamNotes } from "./upstream-rules.ts";

const regexMap = object({
  pattern: required(string(), "RE2 expression that the path is searched for.", {
    example: "^/v[0-9]+/(.*)$",
    beside: { substitution: "/\\1" },
  }),
  substitution: required(string(), "What takes its place; `\\1` stands for the first group.", {
    example: "/\\1",
    beside: { pattern: "^/v[0-9]+/(.*)$" },
  }),
});

const forwarding = {
  rewrite: optional(string(), "What takes the place of the matched prefix; empty leaves the path alone.", {
    unset: "/",
    example: "/api/",
  }),
  regex_rewrite: optional(regexMap, "Rewrite the path by a regular expression.", { versions: ["v2", "v3alpha1"] }),
  host_rewrite: optional(string(), "Host header that the service sees.", { example: "shop.internal" }),
  auto_host_rewrite: optional(boolean(), "The service sees its own DNS name as Host header.", { unset: false }),
  timeout_ms: optional(milliseconds, "How long a request may take in all before it is answered 504; 0 for ever.", {
    unset: 3000,
    example: 10000,
  }),
  idle_timeout_ms: optional(milliseconds, "How long a request may be silent before it is ended; 0 for ever.", {
    versions: ["v1", "v2", "v3alpha1"],
    example: 60000,
  }),
  priority: optional(string(), "`default` or `high`: which circuit breakers count the requests.", {
    unset: "default",
    example: "high",
  }),
  add_request_headers: addedHeaders("Headers added to requests."),
  add_response_headers: addedHeaders("Headers added to answers."),
  remove_request_headers: stringList("Headers removed from requests.", { versions: ["v1", "v2", "v3alpha1"] }),
  remove_response_headers: stringList("Headers removed from answers.", { versions: ["v1", "v2", "v3alpha1"] }),
  add_linkerd_headers: optional(boolean(), "Tell Linkerd by `l5d-dst-override` where requests go.", {
    unset: false,
    versions: ["v1", "v2", "v3alpha1"],
  }),
  cors: optional(cors, "Which other sites' scripts may call this, and what browsers are told of it.", {
    old: { form: oldCors, toHub: upgradeCors, fromHub: downgradeCors },
  }),
  retry_policy: optional(retryPolicy, "Which failed requests are tried again.", {
    versions: ["v1", "v2", "v3alpha1"],
  }),
  use_websocket: optional(boolean(), "Let requests upgrade to WebSocket.", { unset: false }),
  allow_upgrade: optional(list(string()), "Protocols that requests may upgrade to; others are answered 403.", {
    versions: ["v2", "v3alpha1"],
    example: ["websocket"],
  }),
  bypass_auth: optional(boolean(), "Serve requests without asking the AuthService.", {
    unset: false,
    versions: ["v1", "v2", "v3alpha1"],
  }),
  auth_service: optional(
    string(),
    "Name of the AuthService that is asked instead of the first: `name` or `name.namespace`.",
    { versions: ["v2", "v3alpha1"], example: "internal-auth" },
  ),
  auth_context_extensions: optional(map(string()), "What the AuthService is told of the route, beside the request.", {
    versions: ["v2", "v3alpha1"],
    example: { tier: "gold" },
  }),
  labels: optional(
    labels,
    "What the RateLimitService counts: by domain, groups of labels that a request has together.",
    {
      versions: ["v1", "v2", "v3alpha1"],
      old: { form: oldLabels, toHub: upgradeLabels, fromHub: downgradeLabels },
      example: { ambassador: [{ by_user: [{ request_headers: { key: "user", header_name: "x-user" } }] }] },
    },
  ),
  rate_limits: oldOnly(
    list(
      object({
        descriptor: optional(string(), "Value of the generic key.", { example: "checkout" }),
        headers: optional(list(string()), "Request headers that go into the descriptor.", { example: ["x-user"] }),
      }),
    ),
    "Rate limits as v0 wrote them; they are labels of the domain `ambassador`.",
    { versions: ["v0"] },
  ),
  circuit_breaker: oldOnly(string(), "Name of a v0 CircuitBreaker.", {
    status: "ignored",
    because: "a v0 CircuitBreaker never reached Envoy; use circuit_breakers",
    versions: ["v0"],
    example: "small",
  }),
  error_response_overrides: optional(
    errorResponseOverrides,
    "Other bodies for error answers; they take the place of the Module's.",
    { versions: ["v2", "v3alpha1"] },
  ),
  bypass_error_response_overrides: optional(boolean(), "Leave error answers alone.", {
    unset: false,
    versions: ["v2", "v3alpha1"],
  }),
};

const redirects = {
  host_redirect: optional(boolean(), "Answer with a redirect to the host named in `service`.", {
    unset: false,
    beside: { service: "new.example.com" },
  }),
  path_redirect: optional(string(), "Path that the redirect leads to.", {
    example: "/moved",
    beside: { host_redirect: true },
  }),
  prefix_redirect: optional(string(), "What takes the place of the matched prefix in the redirect.", {
    versions: ["v2", "v3alpha1"],
    example: "/new/",
    beside: { host_redirect: true },
  }),
  regex_redirect: optional(regexMap, "Rewrite the redirect's path by a regular expression.", {
    versions: ["v2", "v3alpha1"],
    beside: { host_redirect: true },
  }),
  redirect_response_code: optional(integerOf(301, 302, 303, 307, 308), "Status that the redirect is sent with.", {
    unset: 301,
    versions: ["v2", "v3alpha1"],
    beside: { host_redirect: true },
  }),
};

const withoutEffect = {
  docs: optional(
    object({
      path: optional(string(), "Path of the API's description.", { example: "/openapi.json" }),
      url: optional(string(), "Address of the API's description.", {
        example: "https://shop.example.com/openapi.json",
      }),
      ignored: optional(boolean(), "Leave the API out of the catalogue."),
      display_name: optional(string(), "Name in the catalogue.", { example: "Shop" }),
      timeout_ms: optional(milliseconds, "How long fetching the description may take.", { example: 5000 }),
    }),
    "Where the API's description is, for a DevPortal.",
    { status: "ignored", because: "there is no developer portal", versions: ["v2", "v3alpha1"] },
  ),
  modules: optional(list(anything()), "Once, filter modules.", {
    status: "ignored",
    because: "it never had an effect",
    example: [{ lua: true }],
  }),
  envoy_override: optional(anything(), "Once, fields merged into Envoy's route.", {
    status: "ignored",
    because: "no release after 0.x merged it into the route",
    example: { timeout: "5s" },
  }),
};

/** A Mapping's settings. */
export const mappingSchema = object(
  {
    ambassador_id: ambassadorId,
    ...matching,
    ...destination,
    ...forwarding,
    ...redirects,
    ...withoutEffect,
  },
  { rules: [healthCheckRule] },
);

export type MappingSpec = Static<typeof mappingSchema>;
export type Mapping = Resource<"Mapping", MappingSpec>;

const notUsed = "the Mapping is not used; if it was good before, that version of it goes on";

/** The kind Mapping. */
export const mapping = kind({
  kind: "Mapping",
  plural: "mappings",
  versions: ["v0", "v1", "v2", "v3alpha1"],
  feature: "mapping",
  doc: "Requests that match go to a service.",
  schema: mappingSchema,
  example: { hostname: "*", prefix: "/shop/", service: "shop" },
  upgrade: upgradeMapping,
  downgrade: downgradeMapping,
  verify: (spec, at, version) => [
    ...verifyAuthority(spec, at, version),
    ...verifyDnsType(spec, at),
    ...verifyMapping(spec, at),
    ...upstreamNotes(spec, at),
    ...balancingProblems(spec, at, "mapping", notUsed),
    ...healthCheckProblems(spec, at, notUsed),
  ],
  settle: settleAuthority,
  columns: [
    { name: "SOURCE HOST", path: ".spec['hostname','host']" },
    { name: "SOURCE PREFIX", path: ".spec.prefix" },
    { name: "DEST SERVICE", path: ".spec.service" },
    { name: "STATE", path: ".status.state" },
    { name: "REASON", path: ".status.reason" },
  ],
  status: object({
    state: optional(enumOf("", "Inactive", "Running"), "Whether the Mapping is served."),
    reason: optional(string(), "Why not."),
  }),
});
