/**
 * Settings of upstream clusters that Mappings, TCPMappings, the Module and the service kinds share.
 */
import {
  boolean,
  defaulted,
  enumOf,
  integer,
  list,
  map,
  object,
  optional,
  required,
  string,
  stringLike,
} from "../schema/index.ts";

/** A duration as Envoy and Go write it. */
export const duration = stringLike("^(0|([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$", 'duration such as "3s"');

/** Milliseconds. */
export const milliseconds = integer({ min: 0 });

const count = integer({ min: 0, max: 4294967295 });

/** `circuit_breakers`. */
export const circuitBreakers = list(
  object({
    priority: defaulted(
      enumOf("default", "high"),
      "default",
      "Which requests the limits are for; others do not count.",
    ),
    max_connections: optional(count, "How many connections there may be.", { unset: 1024, example: 100 }),
    max_pending_requests: optional(count, "How many requests may wait for a connection.", { unset: 1024, example: 50 }),
    max_requests: optional(count, "How many requests may be under way.", { unset: 1024, example: 200 }),
    max_retries: optional(count, "How many retries may be under way.", { unset: 3, example: 5 }),
  }),
);

/** `keepalive`. */
export const keepalive = object({
  probes: optional(count, "After how many unanswered probes a connection is given up.", { example: 3 }),
  idle_time: optional(count, "Seconds of silence before the first probe.", { example: 60 }),
  time: optional(count, "What the old system read in place of `idle_time`, which counts if both are given.", {
    example: 60,
  }),
  interval: optional(count, "Seconds between probes.", { example: 10 }),
});

/** What endpoints may be chosen by, in rules for the API server. */
const keys = "[has(self.cookie), has(self.header), has(self.source_ip) && self.source_ip]";

/** `load_balancer`. */
export const loadBalancer = object(
  {
    policy: required(
      enumOf("round_robin", "ring_hash", "maglev", "least_request"),
      "How an endpoint is chosen; `ring_hash` and `maglev` need something that is hashed.",
    ),
    cookie: optional(
      object({
        name: required(string(), "Name of the cookie.", { example: "session" }),
        path: optional(string(), "Path of a cookie that Envoy makes.", { example: "/", beside: { name: "session" } }),
        ttl: optional(duration, "Lifetime of a cookie that Envoy makes; without it Envoy makes none.", {
          example: "1h",
        }),
      }),
      "Requests with the same cookie go to the same endpoint.",
      { beside: { policy: "ring_hash" } },
    ),
    header: optional(string(), "Requests with the same value of this header go to the same endpoint.", {
      example: "x-user",
      beside: { policy: "maglev" },
    }),
    source_ip: optional(boolean(), "Requests from the same address go to the same endpoint.", {
      unset: false,
      beside: { policy: "ring_hash" },
    }),
  },
  {
    rules: [
      {
        cel: `self.policy in ['ring_hash', 'maglev'] || !${keys}.exists(one, one)`,
        message: "cookie, header and source_ip go with ring_hash and maglev only",
      },
      {
        cel: `!(self.policy in ['ring_hash', 'maglev']) || ${keys}.exists_one(one, one)`,
        message: "ring_hash and maglev need what they shall hash: exactly one of cookie, header and source_ip",
      },
    ],
  },
);

const statusRange = object({
  min: required(integer({ min: 100, max: 599 }), "First good status.", { example: 200, beside: { max: 299 } }),
  max: required(integer({ min: 100, max: 599 }), "Last good status.", { example: 299, beside: { min: 200 } }),
});

const addedProbeHeader = object({
  value: optional(string(), "The header's value.", { example: "yes" }),
  append: defaulted(boolean(), true, "Whether the value is added to what is there."),
});

const times = integer({ min: 1, max: 4294967295 });

/** `health_checks`. */
export const healthChecks = list(
  object({
    health_check: required(
      object(
        {
          http: optional(
            object({
              path: required(string({ cel: "self != ''", message: "is empty" }), "Path of the probe.", {
                example: "/healthz",
              }),
              hostname: optional(string(), "Host header of the probe.", { example: "shop.internal" }),
              add_request_headers: optional(map(addedProbeHeader), "Headers added to the probe.", {
                example: { "x-probe": { value: "yes" } },
              }),
              remove_request_headers: optional(list(string()), "Headers removed from the probe.", {
                example: ["x-request-id"],
              }),
              expected_statuses: optional(list(statusRange), "Statuses that count as healthy.", {
                unset: 200,
                example: [{ min: 200, max: 299 }],
              }),
            }),
            "Ask by an HTTP request.",
          ),
          grpc: optional(
            object({
              upstream_name: required(string(), "Service name that is asked for.", { example: "shop.Shop" }),
              authority: optional(string(), "Authority of the probe.", { example: "shop.internal" }),
            }),
            "Ask by gRPC's health protocol.",
          ),
        },
        { exactlyOne: [["http", "grpc"]] },
      ),
      "How an endpoint is asked: by HTTP or by gRPC.",
    ),
    timeout: optional(duration, "How long an endpoint may take to answer a probe.", { unset: "3s", example: "1s" }),
    interval: optional(duration, "How long there is between probes.", { unset: "5s", example: "10s" }),
    unhealthy_threshold: optional(times, "Failures until an endpoint is left out.", { unset: 2, example: 3 }),
    healthy_threshold: optional(times, "Successes until an endpoint is used again.", { unset: 1, example: 2 }),
  }),
  { min: 1 },
);

/** `retry_policy`. */
export const retryPolicy = object({
  retry_on: required(
    enumOf("5xx", "gateway-error", "connect-failure", "retriable-4xx", "refused-stream", "retriable-status-codes"),
    "Which failures make Envoy try again.",
  ),
  num_retries: optional(count, "How many tries there may be after the first.", { unset: 1, example: 3 }),
  per_try_timeout: optional(duration, "How long each try may take.", { example: "500ms" }),
});
