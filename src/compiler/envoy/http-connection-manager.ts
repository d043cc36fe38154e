/**
 * EMIT of the connection manager: what all HTTP chains of a listener have in common.
 * Everything that may change at run time is by name (route table, filter slots), so these bytes rarely change.
 */

import type { JsonObject } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import { FileAccessLogSchema } from "#gen/envoy/extensions/access_loggers/file/v3/file_pb.js";
import { HeaderMutationSchema } from "#gen/envoy/extensions/filters/http/header_mutation/v3/header_mutation_pb.js";
import { RouterSchema } from "#gen/envoy/extensions/filters/http/router/v3/router_pb.js";
import {
  type HttpConnectionManager_SetCurrentClientCertDetailsSchema,
  HttpConnectionManagerSchema,
  type HttpFilterSchema,
} from "#gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import type { AccessLogFormat, HttpOptions } from "../ir/http-options.ts";
import type { HttpSettings } from "../ir/listener.ts";
import { duration, type Init, pack } from "./bytes.ts";
import { emitHeaderCase } from "./header-case.ts";
import { emitLogReceivers } from "./log-receiver.ts";
import { type Entrance, emitEntrance } from "./shape/entrance.ts";
import { emitTracing } from "./tracing.ts";

type ManagerFields = Init<typeof HttpConnectionManagerSchema>;
type Filter = Init<typeof HttpFilterSchema>;

const forwardClientCert = {
  SANITIZE: 0,
  FORWARD_ONLY: 1,
  APPEND_FORWARD: 2,
  SANITIZE_SET: 3,
  ALWAYS_FORWARD_ONLY: 4,
} as const;
const underscores = { ALLOW: 0, REJECT_REQUEST: 1, DROP_HEADER: 2 } as const;

/** RFC 1918, loopback and unique local addresses: Envoy no longer takes these for internal by itself. */
const internalRanges = [
  { addressPrefix: "10.0.0.0", prefixLen: 8 },
  { addressPrefix: "172.16.0.0", prefixLen: 12 },
  { addressPrefix: "192.168.0.0", prefixLen: 16 },
  { addressPrefix: "127.0.0.0", prefixLen: 8 },
  { addressPrefix: "::1", prefixLen: 128 },
  { addressPrefix: "fc00::", prefixLen: 7 },
] as const;

/** What a chain's own connection manager is made of. */
export interface HttpService {
  readonly table: string;
  readonly settings: HttpSettings;
}

const remembered = 1000;

/** Managers by what is theirs alone. Thousands of chains, one for each certificate, have the same one. */
const known = new WeakMap<HttpOptions, WeakMap<readonly Filter[], Map<string, Any>>>();

/** The connection manager of an HTTP chain, as a network filter's configuration. */
export function emitConnectionManager(
  { table, settings }: HttpService,
  entrance: Entrance,
  options: HttpOptions,
  slots: readonly Filter[],
): Any {
  const ofOptions = known.get(options) ?? new WeakMap<readonly Filter[], Map<string, Any>>();
  const managers = ofOptions.get(slots) ?? new Map<string, Any>();
  known.set(options, ofOptions.set(slots, managers));
  const key = JSON.stringify([table, settings, entrance]);
  const manager = managers.get(key) ?? packConnectionManager({ table, settings }, entrance, options, slots);
  // Tables come and go with their names; what is forgotten is made again.
  if (managers.size >= remembered) managers.clear();
  managers.set(key, manager);
  return manager;
}

function packConnectionManager(
  { table, settings }: HttpService,
  entrance: Entrance,
  options: HttpOptions,
  slots: readonly Filter[],
) {
  return pack(HttpConnectionManagerSchema, {
    statPrefix: settings.statPrefix,
    ...emitEntrance(table, entrance, [...emitHttp3Port(settings), ...slots, emitRouter(options)]),
    ...emitClientTrust(settings, options),
    ...emitProtocolOptions(options),
    ...emitProtocol(settings),
    serverName: options.serverName,
    accessLog: [...emitLogReceivers(options, "requests"), emitAccessLog(options)],
    ...(options.tracing ? { tracing: emitTracing(options.tracing) } : {}),
    normalizePath: true,
    mergeSlashes: options.mergeSlashes,
    ...(options.rejectEscapedSlashes ? { pathWithEscapedSlashesAction: 2 } : {}),
    stripMatchingHostPort: options.stripMatchingHostPort,
    preserveExternalRequestId: options.preserveExternalRequestId,
    ...(options.maxRequestHeadersKb === undefined ? {} : { maxRequestHeadersKb: options.maxRequestHeadersKb }),
  });
}

function emitClientTrust(settings: HttpSettings, options: HttpOptions): ManagerFields {
  const details = options.clientCertDetails;
  return {
    useRemoteAddress: options.useRemoteAddress,
    xffNumTrustedHops: settings.trustedHops,
    internalAddressConfig: { cidrRanges: internalRanges.map((range) => ({ ...range })) },
    ...(options.forwardClientCert ? { forwardClientCertDetails: forwardClientCert[options.forwardClientCert] } : {}),
    ...(details ? { setCurrentClientCertDetails: emitCertDetails(details) } : {}),
  };
}

function emitCertDetails(
  details: NonNullable<HttpOptions["clientCertDetails"]>,
): Init<typeof HttpConnectionManager_SetCurrentClientCertDetailsSchema> {
  return {
    ...(details.subject === undefined ? {} : { subject: details.subject }),
    cert: details.cert ?? false,
    chain: details.chain ?? false,
    dns: details.dns ?? false,
    uri: details.uri ?? false,
  };
}

function emitProtocolOptions(options: HttpOptions): ManagerFields {
  return {
    httpProtocolOptions: {
      acceptHttp10: options.acceptHttp10,
      ...(options.allowChunkedLength ? { allowChunkedLength: true } : {}),
      ...emitHeaderCase(options.headerCase),
    },
    commonHttpProtocolOptions: {
      ...(options.idleTimeoutMs === undefined ? {} : { idleTimeout: duration(options.idleTimeoutMs) }),
      ...(options.headersWithUnderscores
        ? { headersWithUnderscoresAction: underscores[options.headersWithUnderscores] }
        : {}),
    },
  };
}

const http3Codec = 3;
/** Of one connection, as Envoy bounds it. */
const mostQuicStreams = 16_777_216;

function emitProtocol({ http3, maxConcurrentStreams }: HttpSettings): ManagerFields {
  const streams = maxConcurrentStreams;
  if (!http3) return streams === undefined ? {} : { http2ProtocolOptions: { maxConcurrentStreams: streams } };
  const quic = streams === undefined ? {} : { maxConcurrentStreams: Math.min(streams, mostQuicStreams) };
  return { codecType: http3Codec, http3ProtocolOptions: streams === undefined ? {} : { quicProtocolOptions: quic } };
}

const addIfAbsent = 1;

/**
 * The header with which answers tell of HTTP/3, unless a Mapping or the service says something itself. It is a filter,
 * because tables are shared with listeners that have nothing to tell; the first, so that it sees every answer.
 */
function emitHttp3Port({ http3Port }: HttpSettings): readonly Filter[] {
  if (http3Port === undefined) return [];
  const append = { appendAction: addIfAbsent, header: { key: "alt-svc", value: `h3=":${http3Port}"; ma=86400` } };
  const config = pack(HeaderMutationSchema, {
    mutations: { responseMutations: [{ action: { case: "append", value: append } }] },
  });
  return [{ name: "dragoman.alt_svc", configType: { case: "typedConfig", value: config } }];
}

function emitRouter(options: HttpOptions): Filter {
  const config = pack(RouterSchema, { suppressEnvoyHeaders: options.suppressEnvoyHeaders });
  return { name: "envoy.filters.http.router", configType: { case: "typedConfig", value: config } };
}

function emitAccessLog(options: HttpOptions) {
  const config = pack(FileAccessLogSchema, {
    path: options.accessLogPath,
    accessLogFormat: emitFormat(options.accessLog),
  });
  return { name: "envoy.access_loggers.file", configType: { case: "typedConfig", value: config } } as const;
}

function emitFormat(format: AccessLogFormat): NonNullable<Init<typeof FileAccessLogSchema>["accessLogFormat"]> {
  if (format.kind === "json") {
    const value = { format: { case: "jsonFormat", value: format.fields as JsonObject } } as const;
    return { case: "logFormat", value };
  }
  const text = { specifier: { case: "inlineString", value: `${format.format}\n` } } as const;
  return { case: "logFormat", value: { format: { case: "textFormatSource", value: text } } };
}
