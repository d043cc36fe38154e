/** Collectors of spans: Zipkin and Datadog over HTTP, OpenTelemetry over gRPC. Every span that one is told is a receipt. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type GrpcService, openGrpcService } from "./grpc-service.ts";
import { readMessagePack } from "./message-pack.ts";
import { readOtlpSpans } from "./otlp-spans.ts";
import type { Receipt } from "./receipt.ts";
import { receiptOf, type Span } from "./span.ts";
import { readZipkinSpans } from "./zipkin-spans.ts";

type Take = (receipt: Receipt) => void;

/** Starts a collector of Zipkin's spans on a free port. */
export function openZipkin(name: string, record: Take): Promise<GrpcService> {
  return openCollector(name, record, ({ headers }, body) => readZipkinSpans(headers["content-type"], body));
}

/** Starts a collector of Datadog's traces on a free port; it is asked about itself, too, and has nothing to say. */
export function openDatadog(name: string, record: Take): Promise<GrpcService> {
  return openCollector(name, record, (request, body) => {
    if (!request.url?.endsWith("/traces")) return [];
    return (readMessagePack(body) as readonly (readonly DatadogSpan[])[]).flat().map((span) => ({
      // They do not say which they are; the one that answers the client has no parent.
      kind: span.parent_id === 0 ? "server" : "client",
      name: span.resource,
      service: span.service,
      tags: span.meta,
    }));
  });
}

interface DatadogSpan {
  readonly parent_id: number;
  readonly resource: string;
  readonly service: string;
  readonly meta: Readonly<Record<string, string>>;
}

/** Starts a collector of OpenTelemetry's spans on a free port. */
export function openOpenTelemetry(name: string, record: Take): Promise<GrpcService> {
  const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  const method = { path, read: readOtlpSpans, write: () => Buffer.alloc(0) };
  return openGrpcService(method, (spans) => {
    for (const span of spans) record(receiptOf(name, span));
  });
}

async function openCollector(
  name: string,
  record: Take,
  read: (request: IncomingMessage, body: Buffer) => readonly Span[],
): Promise<GrpcService> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => response.end());
    request.on("end", () => {
      for (const span of read(request, Buffer.concat(chunks))) {
        record(receiptOf(name, { ...span, tags: { ...span.tags, "collector-path": request.url ?? "" } }));
      }
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, close };
}
