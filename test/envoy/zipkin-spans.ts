/** Reads the spans that Zipkin's collector is sent, in either form. */
import type { Span } from "./span.ts";
import { fields, numbers, text } from "./wire.ts";

const span = { traceId: 1, kind: 4, name: 5, localEndpoint: 8, tags: 11 };
const endpoint = { serviceName: 1 };
const serverKind = 2;

/** The spans of a request with this content type. */
export function readZipkinSpans(contentType: string | undefined, body: Buffer): readonly Span[] {
  if (contentType !== "application/x-protobuf") return (JSON.parse(body.toString("utf8")) as JsonSpan[]).map(ofJson);
  return fields(body, 1).map((bytes) => ({
    kind: numbers(bytes, span.kind).includes(serverKind) ? "server" : "client",
    name: text(bytes, span.name),
    service: fields(bytes, span.localEndpoint).map((one) => text(one, endpoint.serviceName))[0] ?? "",
    tags: {
      ...Object.fromEntries(fields(bytes, span.tags).map((entry) => [text(entry, 1), text(entry, 2)])),
      "trace-id": Buffer.from(fields(bytes, span.traceId)[0] ?? []).toString("hex"),
    },
  }));
}

interface JsonSpan {
  readonly kind?: string;
  readonly name?: string;
  readonly traceId: string;
  readonly localEndpoint?: { readonly serviceName?: string };
  readonly tags?: Readonly<Record<string, string>>;
}

function ofJson({ kind, name = "", traceId, localEndpoint, tags }: JsonSpan): Span {
  return {
    kind: kind === "SERVER" ? "server" : "client",
    name,
    service: localEndpoint?.serviceName ?? "",
    tags: { ...tags, "trace-id": traceId },
  };
}
