/** Reads the spans of an OTLP export: of OpenTelemetry's messages only those for attributes are generated. */
import { fromBinary } from "@bufbuild/protobuf";
import { KeyValueSchema } from "#gen/opentelemetry/proto/common/v1/common_pb.js";
import type { Span } from "./span.ts";
import { fields, numbers, text } from "./wire.ts";

const resourceSpans = { resource: 1, scopeSpans: 2 };
const scopeSpans = { spans: 2 };
const resource = { attributes: 1 };
const span = { name: 5, kind: 6, attributes: 9 };
const serverKind = 2;

/** The spans of an export. */
export function readOtlpSpans(bytes: Uint8Array): readonly Span[] {
  return fields(bytes, 1).flatMap((ofResource) => {
    const described = fields(ofResource, resourceSpans.resource).flatMap((one) => fields(one, resource.attributes));
    const service = attributes(described)["service.name"] ?? "";
    return fields(ofResource, resourceSpans.scopeSpans)
      .flatMap((ofScope) => fields(ofScope, scopeSpans.spans))
      .map((one) => readSpan(one, service));
  });
}

function readSpan(bytes: Uint8Array, service: string): Span {
  return {
    kind: numbers(bytes, span.kind).includes(serverKind) ? "server" : "client",
    name: text(bytes, span.name),
    service,
    tags: attributes(fields(bytes, span.attributes)),
  };
}

function attributes(list: readonly Uint8Array[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.map((bytes) => {
      const { key, value } = fromBinary(KeyValueSchema, bytes);
      return [key, String(value?.value.value ?? "")];
    }),
  );
}
