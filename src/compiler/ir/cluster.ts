/** Upstreams: what a route forwards to, before and after its Service is looked up. */
import type { Origin } from "#base/origin.ts";
import type { ConsulService } from "./consul.ts";
import type { HeaderCase } from "./header-case.ts";
import type { HealthCheck } from "./health-check.ts";
import type { SecretUse } from "./secret.ts";

declare const clusterName: unique symbol;
/** The name of a cluster as Envoy knows it. */
export type ClusterName = string & { readonly [clusterName]: true };

/** TLS towards an upstream. */
export interface UpstreamTls {
  readonly sni?: string;
  readonly certificate?: SecretUse;
  readonly validation?: SecretUse;
  readonly alpn?: readonly string[];
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  readonly cipherSuites?: readonly string[];
  readonly ecdhCurves?: readonly string[];
}

/** TLS protocol versions by the names that users write. */
export type TlsVersion = "v1.0" | "v1.1" | "v1.2" | "v1.3";

/** Limits of what goes on at once with an upstream, for requests of one priority; absent ones are Envoy's own. */
export interface CircuitBreaker {
  readonly priority: "default" | "high";
  readonly maxConnections?: number;
  readonly maxPendingRequests?: number;
  readonly maxRequests?: number;
  readonly maxRetries?: number;
}

/** TCP keep-alive, in seconds; absent values are the operating system's. */
export interface Keepalive {
  readonly probes?: number;
  readonly idleSeconds?: number;
  readonly intervalSeconds?: number;
}

/** How connections to an upstream are made: everything of a cluster that is not its address. */
export interface ConnectionPolicy {
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs?: number;
  readonly maxConnectionLifetimeMs?: number;
  readonly http2: boolean;
  /** Of HTTP/1.1 to it. */
  readonly headerCase?: HeaderCase;
  readonly tls?: UpstreamTls;
  readonly dnsFamily: "v4" | "v6" | "auto";
  readonly dnsType: "strict_dns" | "logical_dns";
  readonly respectDnsTtl: boolean;
  readonly statName?: string;
  readonly circuitBreakers?: readonly CircuitBreaker[];
  readonly keepalive?: Keepalive;
  /** For endpoints only. */
  readonly healthChecks?: readonly HealthCheck[];
  /** How endpoints are chosen; absent: in turn. */
  readonly balancing?: "least_request" | "ring_hash" | "maglev";
  /** Gets copies only, so that what happens to them never counts for real requests. */
  readonly shadow?: true;
  /** The user's tag: sets apart clusters that are otherwise equal. */
  readonly tag?: string;
}

/** A port of a Service, by the user's words. `lenient` takes the only port there is, or a target port, as well. */
export interface ServicePort {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly lenient: boolean;
  /** The name can only be meant for a Service, so that its absence is worth a word. */
  readonly likely: boolean;
}

/** An upstream as a frontend asks for it: a host and a port by the user's words, not yet looked up. */
export interface ClusterDecl {
  readonly name: ClusterName;
  readonly origin: Origin;
  /** Lower case. Where it may be a Service, its coordinates are in `service`. */
  readonly host: string;
  readonly port: number;
  readonly service?: ServicePort;
  /** Where it is looked up in Consul, and nowhere else. */
  readonly consul?: ConsulService;
  readonly policy: ConnectionPolicy;
}

/** Where an upstream's addresses come from. */
export type ClusterTarget =
  | { readonly kind: "endpoints"; readonly endpoints: string; readonly service: ServicePort }
  | { readonly kind: "consul"; readonly endpoints: string; readonly service: ConsulService }
  | { readonly kind: "address"; readonly address: string; readonly port: number }
  | { readonly kind: "dns"; readonly host: string; readonly port: number };

/** A linked cluster. */
export interface Cluster {
  readonly name: ClusterName;
  /** The first object that asks for it. */
  readonly origin: Origin;
  readonly target: ClusterTarget;
  readonly policy: ConnectionPolicy;
}
