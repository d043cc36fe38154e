/**
 * TracingService: where traces of requests go.
 */
import { kind, type Loose } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { boolean, enumOf, integer, list, object, optional, required, type Static, string } from "../schema/index.ts";
import { ambassadorId } from "./ids.ts";
import { serviceProblems, serviceString } from "./service-address.ts";

const percent = integer({ min: 0, max: 100 });

const customTag = object(
  {
    tag: required(string(), "Name of the tag.", {
      example: "tenant",
      beside: { request_header: { name: "x-tenant" } },
    }),
    literal: optional(
      object({ value: required(string(), "The tag's value.", { example: "production" }) }),
      "A fixed value is the tag's.",
    ),
    environment: optional(
      object({
        name: required(string(), "Name of the variable.", { example: "POD_NAME" }),
        default_value: optional(string(), "Value where it is not set.", { example: "unknown" }),
      }),
      "The value of an environment variable of Envoy is the tag's.",
    ),
    request_header: optional(
      object({
        name: required(string(), "Name of the header.", { example: "x-tenant" }),
        default_value: optional(string(), "Value where it is missing.", { example: "nobody" }),
      }),
      "The value of a request header is the tag's.",
    ),
  },
  { exactlyOne: [["literal", "environment", "request_header"]] },
);

const driverConfig = object({
  access_token_file: optional(string(), "Lightstep's token.", {
    status: "ignored",
    because: "there is no driver lightstep",
    example: "/etc/lightstep/token",
  }),
  collector_cluster: optional(string(), "Once, the cluster of the collector; spans go to the service.", {
    example: "zipkin",
  }),
  collector_endpoint: optional(string(), "Path of the collector to which spans are posted.", {
    unset: "/api/v2/spans",
    example: "/api/v2/spans",
  }),
  collector_endpoint_version: optional(
    enumOf("HTTP_JSON_V1", "HTTP_JSON", "HTTP_PROTO"),
    "Form in which spans are sent.",
    { unset: "HTTP_JSON" },
  ),
  collector_hostname: optional(string(), "Host header for the collector.", { example: "zipkin.internal" }),
  service_name: optional(string(), "Name under which the gateway appears.", { unset: "ambassador", example: "edge" }),
  shared_span_context: optional(boolean(), "Whether the gateway and its clients share a span."),
  trace_id_128bit: optional(boolean(), "Whether trace ids have 128 bits, or 64.", { unset: true }),
  propagation_modes: optional(list(enumOf("ENVOY", "LIGHTSTEP", "B3", "TRACE_CONTEXT")), "Lightstep's headers.", {
    status: "ignored",
    because: "there is no driver lightstep",
  }),
});

/** A TracingService's settings. */
export const tracingServiceSchema = object({
  ambassador_id: ambassadorId,
  driver: required(enumOf("lightstep", "zipkin", "datadog", "opentelemetry"), "In which form spans are sent.", {
    example: "zipkin",
  }),
  service: required(serviceString, "The collector that spans are sent to: `[scheme://]host[:port]`.", {
    example: "zipkin:9411",
  }),
  sampling: optional(
    object({
      client: optional(percent, "Share of the requests that clients ask to trace.", { unset: 100, example: 50 }),
      random: optional(percent, "Share of all other requests.", { unset: 100, example: 10 }),
      overall: optional(percent, "Limit of what is traced of all.", { unset: 100, example: 20 }),
    }),
    "Which requests are traced, in percent.",
  ),
  tag_headers: optional(list(string()), "Request headers that become tags; old form of `custom_tags`.", {
    versions: ["v0", "v1", "v2", "v3alpha1"],
    example: ["x-tenant"],
  }),
  custom_tags: optional(list(customTag), "Tags of the spans.", { old: { name: "v3CustomTags" } }),
  config: optional(driverConfig, "Settings that depend on the driver."),
  stats_name: optional(string(), "Name of its cluster in statistics.", {
    old: { name: "v3StatsName" },
    example: "tracing",
  }),
});

export type TracingServiceSpec = Static<typeof tracingServiceSchema>;
export type TracingService = Resource<"TracingService", TracingServiceSpec>;

/** The kind TracingService. */
export const tracingService = kind({
  kind: "TracingService",
  plural: "tracingservices",
  versions: ["v0", "v1", "v2", "v3alpha1"],
  feature: "tracing-service",
  doc: "Where traces of requests go.",
  schema: tracingServiceSchema,
  example: { driver: "zipkin", service: "zipkin:9411" },
  verify: ({ service }, at) => serviceProblems(service, at),
  upgrade: upgradeTags,
  downgrade: downgradeTags,
});

function upgradeTags(old: Loose): Loose {
  const { tag_headers, ...rest } = old;
  if (!Array.isArray(tag_headers) || rest.v3CustomTags !== undefined) return old;
  return { ...rest, v3CustomTags: tag_headers.map((name) => ({ tag: name, request_header: { name } })) };
}

/** Only tags that `tag_headers` can say are said by it. */
function downgradeTags(hub: Loose): Loose {
  const { v3CustomTags: tags, ...rest } = hub;
  if (!Array.isArray(tags) || tags.length === 0 || rest.tag_headers !== undefined) return hub;
  const names = tags.map((tag: Loose) => tag.tag);
  const plain = tags.every((tag: Loose) => {
    const header = tag.request_header as Loose | undefined;
    return header?.name === tag.tag && header?.default_value === undefined;
  });
  return plain ? { ...rest, tag_headers: names } : hub;
}
