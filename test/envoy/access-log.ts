/** An access log service over gRPC: every entry that it is told is a receipt. */

import { RequestMethod } from "#gen/envoy/config/core/v3/base_pb.js";
import {
  type AccessLogCommon,
  type HTTPAccessLogEntry,
  type TCPAccessLogEntry,
  HTTPAccessLogEntry_HTTPVersion as Version,
} from "#gen/envoy/data/accesslog/v3/accesslog_pb.js";
import {
  StreamAccessLogsMessageSchema,
  StreamAccessLogsResponseSchema,
} from "#gen/envoy/service/accesslog/v3/als_pb.js";
import { type GrpcService, grpcMethod, openGrpcSink } from "./grpc-service.ts";
import type { Receipt } from "./receipt.ts";

/** Starts one on a free port. What an entry says of a request or a connection comes as headers of its receipt. */
export function openAccessLog(name: string, record: (receipt: Receipt) => void): Promise<GrpcService> {
  const path = "/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs";
  const method = grpcMethod(path, StreamAccessLogsMessageSchema, StreamAccessLogsResponseSchema);
  return openGrpcSink(method, () => {
    let log = "";
    return ({ identifier, logEntries }) => {
      log = identifier?.logName ?? log;
      const receipts =
        logEntries.case === "httpLogs"
          ? logEntries.value.logEntry.map(ofRequest)
          : (logEntries.value?.logEntry ?? []).map(ofConnection);
      for (const receipt of receipts) {
        record({ ...receipt, upstream: name, headers: [["log", log], ...receipt.headers] });
      }
    };
  });
}

type Entry = Omit<Receipt, "upstream">;

function ofRequest({ commonProperties, protocolVersion, request, response }: HTTPAccessLogEntry): Entry {
  return {
    method: RequestMethod[request?.requestMethod ?? 0] ?? "",
    path: request?.path ?? "",
    http: Version[protocolVersion] ?? "",
    headers: [
      ...common(commonProperties),
      ["status", String(response?.responseCode ?? "")],
      ["authority", request?.authority ?? ""],
      ["original-path", request?.originalPath ?? ""],
      ...named("request", request?.requestHeaders),
      ...named("answer", response?.responseHeaders),
      ...named("trailer", response?.responseTrailers),
    ],
    body: "",
  };
}

function ofConnection({ commonProperties, connectionProperties: connection }: TCPAccessLogEntry): Entry {
  const { receivedBytes = 0n, sentBytes = 0n } = connection ?? {};
  const bytes = [["received-bytes", String(receivedBytes)] as const, ["sent-bytes", String(sentBytes)] as const];
  return { headers: [...common(commonProperties), ...bytes], body: "" };
}

function common(properties: AccessLogCommon | undefined): Entry["headers"] {
  return [
    ["route", properties?.routeName ?? ""],
    ["cluster", properties?.upstreamCluster ?? ""],
  ];
}

function named(from: string, headers: Readonly<Record<string, string>> = {}): Entry["headers"] {
  return Object.entries(headers).map(([name, value]) => [`${from}-${name}`, value]);
}
