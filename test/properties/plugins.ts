/** Arbitrary settings of the services that are asked or told about requests. */
import fc from "fast-check";
import { address, ambassadorId, boolean, type Spec, spec } from "./specs.ts";

const version = fc.constantFrom("v3", "v3", "v2");

const authFields = {
  ambassador_id: ambassadorId,
  proto: fc.constantFrom("http", "grpc"),
  protocol_version: version,
  path_prefix: fc.constantFrom("/check", "check", "a?b"),
  allowed_request_headers: fc.constantFrom(["X-A"], []),
  allowed_headers: fc.constantFrom(["x-b"]),
  add_linkerd_headers: boolean,
  failure_mode_allow: boolean,
  status_on_error: fc.constantFrom({ code: 503 }, { code: 299 }),
};

/** Settings of an AuthService. */
export const authService = spec({ auth_service: address }, authFields);

const limitFields = { ambassador_id: ambassadorId, domain: fc.constantFrom("a", ""), timeout_ms: fc.nat(9) };

/** Settings of a RateLimitService. */
export const rateLimitService = spec({ service: address, protocol_version: version }, limitFields);

/** Settings of a LogService. */
export const logService = spec(
  { service: address, driver: fc.constantFrom("http", "tcp"), grpc: fc.constantFrom(true, true, false) },
  { ambassador_id: ambassadorId, protocol_version: version, flush_interval_time: fc.constantFrom(0, 5) },
);

/** Settings of a TracingService. */
export const tracingService = spec(
  { service: address, driver: fc.constantFrom("zipkin", "datadog", "opentelemetry", "lightstep") },
  {
    ambassador_id: ambassadorId,
    sampling: fc.constantFrom({ overall: 0 }, { client: 5, random: 50 }),
    tag_headers: fc.constantFrom(["x-user"]),
    custom_tags: fc.constantFrom([{ tag: "a", literal: { value: "b" } }], [{ tag: "", literal: { value: "b" } }]),
  },
);

/** Settings of the Modules that describe services. */
export const serviceModule: Spec = fc.oneof(authService, rateLimitService).map((config) => ({ config }));
