/** EMIT of access loggers that tell a gRPC service. */
import type { AccessLogSchema } from "#gen/envoy/config/accesslog/v3/accesslog_pb.js";
import {
  type CommonGrpcAccessLogConfigSchema,
  HttpGrpcAccessLogConfigSchema,
  TcpGrpcAccessLogConfigSchema,
} from "#gen/envoy/extensions/access_loggers/grpc/v3/als_pb.js";
import type { HttpOptions, LogReceiver } from "../ir/http-options.ts";
import { duration, type Init, pack } from "./bytes.ts";

/** Version 3 of Envoy's APIs, by its number in Envoy. */
const v3 = 2;

/** The access loggers of a chain's proxy that tell services about requests, or about connections. */
export function emitLogReceivers(
  { logReceivers = [] }: HttpOptions,
  about: LogReceiver["about"],
): readonly Init<typeof AccessLogSchema>[] {
  return logReceivers.filter((receiver) => receiver.about === about).map(emitLogger);
}

/** The clusters of the services that `emitLogReceivers` speaks to. */
export function logClusters({ logReceivers = [] }: HttpOptions, about: LogReceiver["about"]): readonly string[] {
  return logReceivers.filter((receiver) => receiver.about === about).map(({ cluster }) => cluster);
}

function emitLogger(receiver: LogReceiver): Init<typeof AccessLogSchema> {
  const commonConfig = emitCommon(receiver);
  if (receiver.about === "connections") {
    const value = pack(TcpGrpcAccessLogConfigSchema, { commonConfig });
    return { name: "envoy.access_loggers.tcp_grpc", configType: { case: "typedConfig", value } };
  }
  const value = pack(HttpGrpcAccessLogConfigSchema, {
    commonConfig,
    additionalRequestHeadersToLog: [...receiver.headers.request],
    additionalResponseHeadersToLog: [...receiver.headers.response],
    additionalResponseTrailersToLog: [...receiver.headers.trailer],
  });
  return { name: "envoy.access_loggers.http_grpc", configType: { case: "typedConfig", value } };
}

function emitCommon(receiver: LogReceiver): Init<typeof CommonGrpcAccessLogConfigSchema> {
  const { authority, cluster: clusterName, flushBytes, flushMs, name } = receiver;
  return {
    logName: name,
    grpcService: { targetSpecifier: { case: "envoyGrpc", value: { clusterName, authority } } },
    transportApiVersion: v3,
    bufferFlushInterval: duration(flushMs),
    bufferSizeBytes: flushBytes,
  };
}
