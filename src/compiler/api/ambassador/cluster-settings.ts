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
    priority: defaulted(enumOf("default", "high"), "default", "Which requests the limits are for."),
    max_connections: optional(count, "Limit of connections.", { unset: 1024 }),
    max_pending_requests: optional(count, "Limit of requests that wait for a connection.", { unset: 1024 }),
    max_requests: optional(count, "Limit of parallel requests.", { unset: 1024 }),
    max_retries: optional(count, "Limit of parallel retries.", { unset: 3 }),
  }),
);

/** `keepalive`. */
export const keepalive = object({
  probes: optional(count, "How many unanswered probes end the connection."),
  idle_time: optional(count, "Seconds of silence before the first probe."),
  time: optional(count, "What the old system read in place of `idle_time`, which counts if both are given."),
  interval: optional(count, "Seconds between probes."),
});

/** `load_balancer`. */
export const loadBalancer = object({
  policy: required(enumOf("round_robin", "ring_hash", "maglev", "least_request"), "How endpoints are chosen."),
  cookie: optional(
    object({
      name: required(string(), "Name of the cookie."),
      path: optional(string(), "Path of a generated cookie."),
      ttl: optional(duration, "Lifetime of a generated cookie; without it none is generated."),
    }),
    "Hash over a cookie.",
  ),
  header: optional(string(), "Hash over a request header."),
  source_ip: optional(boolean(), "Hash over the client's address.", { unset: false }),
});

const statusRange = object({
  min: required(integer({ min: 100, max: 599 }), "First good status."),
  max: required(integer({ min: 100, max: 599 }), "Last good status."),
});

const addedProbeHeader = object({
  value: optional(string(), "Value."),
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
              path: required(string(), "Path of the probe."),
              hostname: optional(string(), "Host header of the probe."),
              add_request_headers: optional(map(addedProbeHeader), "Headers added to the probe."),
              remove_request_headers: optional(list(string()), "Headers removed from the probe."),
              expected_statuses: optional(list(statusRange), "Statuses that count as healthy.", { unset: 200 }),
            }),
            "Probe by an HTTP request.",
          ),
          grpc: optional(
            object({
              upstream_name: required(string(), "Service name that is asked for."),
              authority: optional(string(), "Authority of the probe."),
            }),
            "Probe by gRPC's health protocol.",
          ),
        },
        { exactlyOne: [["http", "grpc"]] },
      ),
      "What is probed.",
    ),
    timeout: optional(duration, "How long an answer may take.", { unset: "3s" }),
    interval: optional(duration, "Time between probes.", { unset: "5s" }),
    unhealthy_threshold: optional(times, "Failures until an endpoint is left out.", { unset: 2 }),
    healthy_threshold: optional(times, "Successes until an endpoint is used again.", { unset: 1 }),
  }),
  { min: 1 },
);

/** `retry_policy`. */
export const retryPolicy = object({
  retry_on: required(
    enumOf("5xx", "gateway-error", "connect-failure", "retriable-4xx", "refused-stream", "retriable-status-codes"),
    "What is retried.",
  ),
  num_retries: optional(count, "How many times.", { unset: 1 }),
  per_try_timeout: optional(duration, "Timeout of each try."),
});
