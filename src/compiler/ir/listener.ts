/** Listeners and their filter chains. */
import type { Origin } from "#base/origin.ts";
import type { ClusterDecl, ClusterName } from "./cluster.ts";
import type { LabelSelector, TlsPolicy } from "./host.ts";
import type { SecretUse } from "./secret.ts";

/** How a listener tells secure from insecure requests: by x-forwarded-proto, or always the same. */
export type SecurityModel = "XFP" | "SECURE" | "INSECURE";

/** Which hosts a listener serves. */
export type HostBinding =
  | { readonly kind: "hosts"; readonly namespace?: string; readonly selector: LabelSelector }
  /** Before Listeners: hosts whose cleartext port this is. */
  | { readonly kind: "additionalPort"; readonly port: number };

/** Settings of the connection manager that are the same for all chains of a listener. */
export interface HttpSettings {
  readonly statPrefix: string;
  readonly trustedHops: number;
  /** HTTP/3 is spoken, and nothing else; absent: whatever a connection asks for. */
  readonly http3?: true;
  /** Clients are told that HTTP/3 is to be had on this port. */
  readonly http3Port?: number;
  /** Of one connection that has several requests at once. */
  readonly maxConcurrentStreams?: number;
}

/** A listener as a frontend declares it. */
export interface ListenerDecl {
  /** Of the object; once linked of the socket, which is Envoy's name for it: a port keeps its listener. */
  readonly key: string;
  readonly origin: Origin;
  readonly created: string;
  readonly address: string;
  readonly port: number;
  /** QUIC over UDP, in the place of TCP. */
  readonly quic?: true;
  /** In this order, before anything else is read. */
  readonly proxyProtocol: boolean;
  readonly tls: boolean;
  /** Absent: raw TCP only. */
  readonly http?: HttpSettings;
  readonly statPrefix: string;
  readonly binding: HostBinding;
  readonly security: SecurityModel;
}

/** An upstream's share of the connections, and the object that asks for it. */
export interface TcpShare {
  readonly name: ClusterName;
  readonly weight: number;
  readonly origin: Origin;
}

/** What connections of a chain are served with. */
export type ChainService =
  | { readonly kind: "http"; readonly table: string; readonly settings: HttpSettings }
  | {
      readonly kind: "tcp";
      readonly statPrefix: string;
      readonly clusters: readonly TcpShare[];
      readonly idleTimeoutMs?: number;
    };

/** A filter chain. `name` is stable and independent of its content. */
export interface FilterChain {
  readonly origin: Origin;
  readonly listener: string;
  readonly name: string;
  /** Empty with TLS: any name. */
  readonly serverNames: readonly string[];
  /** TLS chains stand beside it: TLS that none of them takes must not end up here. */
  readonly besideTls?: true;
  /** TLS is that of QUIC. */
  readonly quic?: true;
  /** Without a certificate, each of the names has its own, for which Envoy asks by that name. */
  readonly tls?: { readonly certificate?: SecretUse; readonly policy: TlsPolicy };
  readonly service: ChainService;
}

/** Raw TCP on one address, port and TLS server name, with all upstreams that share it. */
export interface TcpRoute {
  readonly key: string;
  readonly origin: Origin;
  /** Key of the listener. */
  readonly listener: string;
  readonly address: string;
  readonly port: number;
  readonly host?: string;
  readonly clusters: readonly TcpShare[];
  readonly idleTimeoutMs?: number;
}

/** A raw TCP route as one object declares it. */
export interface TcpRouteDecl {
  readonly key: string;
  readonly origin: Origin;
  readonly created: string;
  readonly address: string;
  readonly port: number;
  /** TLS server name; absent: every connection. */
  readonly host?: string;
  readonly upstream: ClusterDecl;
  readonly weight?: number;
  readonly idleTimeoutMs?: number;
  /** Fields on which rivals for these connections must agree, as they are written. */
  readonly core?: Readonly<Record<string, unknown>>;
}
