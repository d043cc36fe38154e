/** Settings of the connection manager that hold for the whole instance: the Module's share of every listener. */
import type { ClusterName } from "./cluster.ts";
import type { HeaderCase } from "./header-case.ts";
import type { Tracing } from "./tracing.ts";

/** What is written about each request, and where. */
export type AccessLogFormat =
  | { readonly kind: "text"; readonly format: string }
  | {
      readonly kind: "json";
      readonly fields: Readonly<Record<string, unknown>>;
      readonly typed: boolean;
      /** Nobody chose the fields. */
      readonly usual?: true;
    };

/** A gRPC service that is told about every request or connection. */
export interface LogReceiver {
  readonly about: "requests" | "connections";
  readonly name: string;
  readonly cluster: ClusterName;
  readonly authority: string;
  readonly flushMs: number;
  readonly flushBytes: number;
  readonly headers: Readonly<Record<"request" | "response" | "trailer", readonly string[]>>;
}

/** How client certificates are told to upstreams. */
export type ForwardClientCert = "SANITIZE" | "FORWARD_ONLY" | "APPEND_FORWARD" | "SANITIZE_SET" | "ALWAYS_FORWARD_ONLY";

/** The instance-wide connection manager settings. */
export interface HttpOptions {
  readonly useRemoteAddress: boolean;
  readonly serverName: string;
  readonly acceptHttp10: boolean;
  readonly allowChunkedLength: boolean;
  readonly headerCase?: HeaderCase;
  readonly maxRequestHeadersKb?: number;
  readonly idleTimeoutMs?: number;
  readonly headersWithUnderscores?: "ALLOW" | "REJECT_REQUEST" | "DROP_HEADER";
  readonly mergeSlashes: boolean;
  readonly rejectEscapedSlashes: boolean;
  readonly stripMatchingHostPort: boolean;
  readonly preserveExternalRequestId: boolean;
  readonly forwardClientCert?: ForwardClientCert;
  readonly clientCertDetails?: Readonly<Partial<Record<"subject" | "cert" | "chain" | "dns" | "uri", boolean>>>;
  readonly suppressEnvoyHeaders: boolean;
  readonly accessLogPath: string;
  readonly accessLog: AccessLogFormat;
  /** They are told before the file is written. */
  readonly logReceivers?: readonly LogReceiver[];
  readonly tracing?: Tracing;
  readonly bufferLimitBytes?: number;
}
