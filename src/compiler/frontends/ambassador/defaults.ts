/**
 * LOWER of the `ambassador` Module: one object with everything in it becomes a few small values, so that an edit
 * wakes only the readers of what changed.
 */
import type { Module } from "../../api/index.ts";
import type { CircuitBreaker, Keepalive } from "../../ir/cluster.ts";
import type { HeaderCase } from "../../ir/header-case.ts";
import type { HeaderEdits } from "../../ir/headers.ts";
import type { AccessLogFormat, HttpOptions } from "../../ir/http-options.ts";
import type { RetryPolicy } from "../../ir/route.ts";
import type { TracingDriver } from "../../ir/tracing.ts";
import { type Balancing, lowerBalancing, lowerCircuitBreakers, lowerKeepalive } from "./connection.ts";
import { lowerHeaderCase, lowerUpstreamCase } from "./header-case.ts";
import { lowerAddedHeaders } from "./headers.ts";
import { lowerRetryPolicy } from "./retry.ts";

type ModuleConfig = Module["spec"]["config"];

/** What Mappings and TCPMappings use where they say nothing themselves. */
export interface RouteDefaults {
  readonly timeoutMs: number;
  readonly clusterIdleTimeoutMs?: number;
  readonly clusterMaxConnectionLifetimeMs?: number;
  readonly circuitBreakers?: readonly CircuitBreaker[];
  readonly keepalive?: Keepalive;
  readonly balancing?: Balancing;
  readonly retry?: RetryPolicy;
  /** Of HTTP/1.1 to services. */
  readonly headerCase?: HeaderCase;
  readonly linkerdHeaders: boolean;
  readonly resolver: string;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly ambassadorNamespaceForServices: boolean;
  readonly statsName?: string;
  readonly headers: HeaderEdits;
  readonly secretNamespacing: boolean;
}

/** How ports are opened while there is no Listener (1.x). */
export interface LegacyListening {
  readonly servicePort?: number;
  readonly useProxyProto: boolean;
  readonly trustedHops: number;
  readonly redirectCleartext: boolean;
}

/** Defaults with the Module's `config`, or without one. */
export function lowerRouteDefaults(config: ModuleConfig): RouteDefaults {
  const shared = config.defaults;
  const own = shared?.httpmapping;
  const idle = config.cluster_idle_timeout_ms;
  const lifetime = config.cluster_max_connection_lifetime_ms;
  const { circuit_breakers: breakers, keepalive, load_balancer: balancer, retry_policy: retry } = config;
  const statsName = own?.stats_name ?? shared?.stats_name;
  const headerCase = lowerUpstreamCase(config);
  return {
    timeoutMs: config.cluster_request_timeout_ms ?? 3000,
    ...(idle === undefined ? {} : { clusterIdleTimeoutMs: idle }),
    ...(lifetime === undefined ? {} : { clusterMaxConnectionLifetimeMs: lifetime }),
    ...(breakers === undefined ? {} : { circuitBreakers: lowerCircuitBreakers(breakers) }),
    ...(retry === undefined ? {} : { retry: lowerRetryPolicy(retry) }),
    ...(balancer === undefined ? {} : { balancing: lowerBalancing(balancer) }),
    ...(keepalive === undefined ? {} : { keepalive: lowerKeepalive(keepalive) }),
    ...(headerCase === undefined ? {} : { headerCase }),
    linkerdHeaders: config.add_linkerd_headers ?? false,
    resolver: config.resolver ?? "kubernetes-service",
    ipv4: config.enable_ipv4 ?? true,
    ipv6: config.enable_ipv6 ?? false,
    ambassadorNamespaceForServices: config.use_ambassador_namespace_for_service_resolution ?? false,
    ...(statsName === undefined ? {} : { statsName }),
    headers: {
      addRequest: lowerAddedHeaders(own?.add_request_headers ?? shared?.add_request_headers),
      removeRequest: own?.remove_request_headers ?? shared?.remove_request_headers ?? [],
      addResponse: lowerAddedHeaders(own?.add_response_headers ?? shared?.add_response_headers),
      removeResponse: own?.remove_response_headers ?? shared?.remove_response_headers ?? [],
    },
    secretNamespacing: shared?.tls_secret_namespacing ?? true,
  };
}

/** How 1.x opened ports. */
export function lowerLegacyListening(config: ModuleConfig): LegacyListening {
  return {
    ...(config.service_port === undefined ? {} : { servicePort: config.service_port }),
    useProxyProto: config.use_proxy_proto ?? false,
    trustedHops: config.xff_num_trusted_hops ?? 0,
    redirectCleartext: config.x_forwarded_proto_redirect ?? false,
  };
}

const defaultLogFormat =
  'ACCESS [%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% ' +
  "%RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% " +
  '"%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"';

/** The JSON access log's default keys; dashboards rely on them. */
const defaultLogFields = {
  start_time: "%START_TIME%",
  method: "%REQ(:METHOD)%",
  path: "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
  protocol: "%PROTOCOL%",
  response_code: "%RESPONSE_CODE%",
  response_flags: "%RESPONSE_FLAGS%",
  bytes_received: "%BYTES_RECEIVED%",
  bytes_sent: "%BYTES_SENT%",
  duration: "%DURATION%",
  upstream_service_time: "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%",
  x_forwarded_for: "%REQ(X-FORWARDED-FOR)%",
  user_agent: "%REQ(USER-AGENT)%",
  request_id: "%REQ(X-REQUEST-ID)%",
  authority: "%REQ(:AUTHORITY)%",
  upstream_host: "%UPSTREAM_HOST%",
  upstream_cluster: "%UPSTREAM_CLUSTER%",
  upstream_local_address: "%UPSTREAM_LOCAL_ADDRESS%",
  downstream_local_address: "%DOWNSTREAM_LOCAL_ADDRESS%",
  downstream_remote_address: "%DOWNSTREAM_REMOTE_ADDRESS%",
  requested_server_name: "%REQUESTED_SERVER_NAME%",
  istio_policy_status: "%DYNAMIC_METADATA(istio.mixer:status)%",
  upstream_transport_failure_reason: "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
};

/** The instance-wide connection manager settings. */
export function lowerHttpOptions(config: ModuleConfig): HttpOptions {
  const { max_request_headers_kb: headersKb, listener_idle_timeout_ms: idle, buffer_limit_bytes: buffer } = config;
  const { forward_client_cert_details: forward, set_current_client_cert_details: details } = config;
  const underscores = config.headers_with_underscores_action;
  const headerCase = lowerHeaderCase(config);
  return {
    useRemoteAddress: config.use_remote_address ?? true,
    serverName: config.server_name ?? "envoy",
    acceptHttp10: config.enable_http10 ?? false,
    allowChunkedLength: config.allow_chunked_length ?? false,
    ...(headerCase === undefined ? {} : { headerCase }),
    ...(headersKb === undefined ? {} : { maxRequestHeadersKb: headersKb }),
    ...(idle === undefined ? {} : { idleTimeoutMs: idle }),
    ...(underscores === undefined ? {} : { headersWithUnderscores: underscores }),
    mergeSlashes: config.merge_slashes ?? false,
    rejectEscapedSlashes: config.reject_requests_with_escaped_slashes ?? false,
    stripMatchingHostPort: config.strip_matching_host_port ?? false,
    preserveExternalRequestId: config.preserve_external_request_id ?? false,
    ...(forward === undefined ? {} : { forwardClientCert: forward }),
    ...(details === undefined ? {} : { clientCertDetails: details }),
    suppressEnvoyHeaders: config.suppress_envoy_headers ?? false,
    accessLogPath: config.envoy_log_path ?? "/dev/fd/1",
    accessLog: lowerAccessLog(config),
    ...(buffer === undefined ? {} : { bufferLimitBytes: buffer }),
  };
}

function lowerAccessLog(config: ModuleConfig): AccessLogFormat {
  const { envoy_log_type: type = "text", envoy_log_format: format } = config;
  if (type === "text")
    return { kind: "text", format: typeof format === "string" && format !== "" ? format : defaultLogFormat };
  const typed = type === "typed_json";
  if (typeof format === "object" && Object.keys(format).length > 0) return { kind: "json", fields: format, typed };
  return { kind: "json", fields: defaultLogFields, typed, usual: true };
}

/** What leads from a line of the log to its trace: the headers that Datadog's driver sends to services. */
const datadogFields = {
  "dd.trace_id": "%REQ(X-DATADOG-TRACE-ID)%",
  "dd.span_id": "%REQ(X-DATADOG-PARENT-ID)%",
};

/** The access log with the ids of traces, where Datadog is told and nobody chose the fields. */
export function withTraceIds(format: AccessLogFormat, driver: TracingDriver["kind"] | undefined): AccessLogFormat {
  if (format.kind !== "json" || !format.usual || driver !== "datadog") return format;
  return { ...format, fields: { ...format.fields, ...datadogFields } };
}
