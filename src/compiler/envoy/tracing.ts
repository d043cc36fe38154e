/** EMIT of tracing. The provider stands in the connection manager, so that no change of it needs a restart. */
import type { Any } from "@bufbuild/protobuf/wkt";
import { DatadogConfigSchema } from "#gen/envoy/config/trace/v3/datadog_pb.js";
import { OpenTelemetryConfigSchema } from "#gen/envoy/config/trace/v3/opentelemetry_pb.js";
import { ZipkinConfigSchema } from "#gen/envoy/config/trace/v3/zipkin_pb.js";
import type { HttpConnectionManager_TracingSchema } from "#gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import type { CustomTagSchema } from "#gen/envoy/type/tracing/v3/custom_tag_pb.js";
import type { Tracing, TracingTag } from "../ir/tracing.ts";
import { type Init, pack } from "./bytes.ts";

const versions = { json: 1, protobuf: 2 } as const;

/** The connection manager's tracing. */
export function emitTracing(tracing: Tracing): Init<typeof HttpConnectionManager_TracingSchema> {
  const { client, overall, random } = tracing.sampling;
  return {
    ...(client === undefined ? {} : { clientSampling: { value: client } }),
    ...(random === undefined ? {} : { randomSampling: { value: random } }),
    ...(overall === undefined ? {} : { overallSampling: { value: overall } }),
    customTags: tracing.tags.map(emitTag),
    provider: {
      name: `envoy.tracers.${tracing.driver.kind}`,
      configType: { case: "typedConfig", value: emitDriver(tracing) },
    },
    spawnUpstreamSpan: true,
  };
}

function emitDriver({ cluster, driver }: Tracing): Any {
  switch (driver.kind) {
    case "zipkin":
      return pack(ZipkinConfigSchema, {
        collectorCluster: cluster,
        collectorEndpoint: driver.endpoint,
        collectorHostname: driver.hostname,
        collectorEndpointVersion: driver.protobuf ? versions.protobuf : versions.json,
        traceId128bit: driver.longTraceIds,
        ...(driver.sharedSpans === undefined ? {} : { sharedSpanContext: driver.sharedSpans }),
      });
    case "datadog":
      return pack(DatadogConfigSchema, {
        collectorCluster: cluster,
        collectorHostname: driver.hostname,
        serviceName: driver.serviceName,
      });
    case "opentelemetry": {
      const target = { case: "envoyGrpc", value: { clusterName: cluster, authority: driver.authority } } as const;
      const { serviceName } = driver;
      return pack(OpenTelemetryConfigSchema, { grpcService: { targetSpecifier: target }, serviceName });
    }
  }
}

function emitTag(tag: TracingTag): Init<typeof CustomTagSchema> {
  if (tag.from === "literal") return { tag: tag.tag, type: { case: "literal", value: { value: tag.value } } };
  return { tag: tag.tag, type: { case: tag.from, value: { name: tag.name, defaultValue: tag.fallback } } };
}
