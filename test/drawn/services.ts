/** The services that the gateway itself asks or tells, and resolvers. All of them are there and let everything through. */
import fc, { type Arbitrary } from "fast-check";
import { authServiceSchema } from "../../src/compiler/api/ambassador/auth-service.ts";
import { logServiceSchema } from "../../src/compiler/api/ambassador/log-service.ts";
import { rateLimitServiceSchema } from "../../src/compiler/api/ambassador/rate-limit-service.ts";
import { consulResolverSchema, plainResolverSchema } from "../../src/compiler/api/ambassador/resolvers.ts";
import { tracingServiceSchema } from "../../src/compiler/api/ambassador/tracing-service.ts";
import { type Manifest, portOf, resource } from "./manifest.ts";
import { ourId, upstreamValues } from "./mapping-values.ts";
import { type MoreFields, moreFields, type Values } from "./more-fields.ts";
import { seldom } from "./wanted.ts";

/** Upstreams that are no route's. */
export const ownUpstreams = ["ask", "judge", "limit", "told"];

const id = { ambassador_id: ourId };
const elsewhere = (names: string): Values => Object.fromEntries(names.split(" ").map((name) => [name, "elsewhere"]));
const version = fc.constantFrom("v1", "v2", "v3alpha1");
const of = (more: MoreFields, version: string) => more[version === "v3alpha1" ? "hub" : "old"];

const authValues: Values = {
  ...upstreamValues,
  ...id,
  ...elsewhere("auth_service proto protocol_version"),
  timeout_ms: fc.constantFrom(20_000),
  path_prefix: fc.constantFrom("/check", "check", ""),
  allowed_request_headers: fc.constantFrom(["x-one"], ["X-Two", ""]),
  allowed_authorization_headers: fc.constantFrom(["x-auth-user"], ["X-Auth-User", ""]),
  allowed_headers: fc.constantFrom(["x-one"]),
  add_auth_headers: fc.constantFrom<object>({ "x-a": "b" }, { "x-a": true }),
  include_body: fc.constantFrom({ max_bytes: 10, allow_partial: true }, { max_bytes: 4096, allow_partial: false }),
  status_on_error: fc.constantFrom({ code: 401 }, {}),
};

const oneAuthService = (name: string): Arbitrary<Manifest> =>
  fc
    .record({ version, grpc: fc.boolean(), more: moreFields(authServiceSchema, authValues) })
    .map(({ version, grpc, more }) => {
      // The stand-ins for gRPC services speak no TLS.
      const spoken = grpc ? { proto: "grpc", protocol_version: "v3", tls: undefined } : {};
      const auth_service = `127.0.0.1:${grpc ? portOf("judge", "ext-authz") : portOf("ask")}`;
      return resource("AuthService", version, name, { ...of(more, version), ...spoken, auth_service });
    });

const rateLimitService = fc
  .record({
    version,
    more: moreFields(rateLimitServiceSchema, {
      ...upstreamValues,
      ...id,
      ...elsewhere("service protocol_version"),
      // The stand-in speaks no TLS.
      tls: { hub: fc.constantFrom("nobody"), old: fc.constantFrom<unknown>(false, null) },
      timeout_ms: fc.constantFrom(20_000),
      domain: fc.constantFrom("ambassador", "other"),
    }),
  })
  .map(({ version, more }) => {
    const own = { protocol_version: "v3", service: `127.0.0.1:${portOf("limit", "rate-limit")}` };
    return resource("RateLimitService", version, "limit", { ...of(more, version), ...own });
  });

const logService = fc
  .record({
    version,
    driver: fc.constantFrom("tcp", "http"),
    more: moreFields(logServiceSchema, {
      ...upstreamValues,
      ...id,
      ...elsewhere("service driver grpc protocol_version"),
    }),
  })
  .map(({ version, driver, more }) => {
    const own = { service: `127.0.0.1:${portOf("told")}`, driver, grpc: true, protocol_version: "v3" };
    return resource("LogService", version, "log", { ...of(more, version), ...own });
  });

const tracingService = fc
  .record({
    version,
    driver: fc.constantFrom("zipkin", "zipkin", "datadog", "opentelemetry", "lightstep"),
    more: moreFields(tracingServiceSchema, { ...upstreamValues, ...id, ...elsewhere("service driver") }),
  })
  .map(({ version, driver, more }) => {
    // Envoy 1.40 crashes now and then when a Datadog tracer goes that has spans to send and no collector any more:
    // here it is told of no collector at all, and so not traced.
    const service = driver === "datadog" ? "" : `127.0.0.1:${portOf("told")}`;
    const own = { service, driver };
    return resource("TracingService", version, "trace", { ...of(more, version), ...own });
  });

const resolvers = fc.constantFrom("v1", "v2", "v3alpha1").chain((version) =>
  fc
    .record({
      plain: moreFields(plainResolverSchema, id),
      consul: moreFields(consulResolverSchema, {
        ...id,
        address: fc.constantFrom("127.0.0.1:1", ""),
        datacenter: fc.constantFrom("dc1", ""),
      }),
    })
    .map(({ plain, consul }) => [
      resource("KubernetesEndpointResolver", version, "endpoint", of(plain, version)),
      resource("KubernetesServiceResolver", version, "service", of(plain, version)),
      resource("ConsulResolver", version, "consul", of(consul, version)),
    ]),
);

const some = (service: Arbitrary<Manifest>, among = 3): Arbitrary<readonly Manifest[]> =>
  seldom(service, among).map((one) => (one ? [one] : []));

/** Some of each. */
export const services: Arbitrary<readonly Manifest[]> = fc
  .tuple(
    resolvers,
    some(oneAuthService("auth")),
    some(oneAuthService("second"), 8),
    some(rateLimitService),
    some(logService),
    some(tracingService),
  )
  .map((parts) => parts.flat());
