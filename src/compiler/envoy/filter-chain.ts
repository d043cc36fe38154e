/**
 * EMIT of filter chains. A chain's bytes are kept and sent unchanged as long as nothing in it changes, because Envoy
 * drains the connections of every chain whose bytes differ.
 */
import { FilterChainSchema } from "#gen/envoy/config/listener/v3/listener_components_pb.js";
import { TcpProxySchema } from "#gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.js";
import type { Bytes } from "../ir/encoded.ts";
import type { HttpOptions } from "../ir/http-options.ts";
import type { ChainService, FilterChain } from "../ir/listener.ts";
import { duration, encode, field, type Init, pack } from "./bytes.ts";
import { emitConnectionManager } from "./http-connection-manager.ts";
import { emitLogReceivers, logClusters } from "./log-receiver.ts";
import type { Entrance } from "./shape/entrance.ts";
import type { SlotFilter } from "./slot.ts";
import { emitDownstreamTls, emitQuic, emitTlsByName } from "./tls.ts";

/** An encoded chain, framed as a field of its listener. */
export interface EncodedChain {
  readonly listener: string;
  readonly name: string;
  readonly bytes: Bytes;
  readonly clusters: readonly string[];
  /** Where its requests find routes: in a table, or in scopes. */
  readonly lookup?: { readonly shape: Entrance["shape"]; readonly table: string };
  /** It is chosen by what TLS says. */
  readonly tls: boolean;
}

const filterChainsField = 3;

/** While nobody says what a name's certificate is, its clients wait; not for ever. */
const handshakeMs = 10_000;

/** Encodes a filter chain. */
export function emitFilterChain(
  chain: FilterChain,
  entrance: Entrance,
  options: HttpOptions,
  slots: readonly SlotFilter[],
): EncodedChain {
  const bytes = encode(FilterChainSchema, {
    name: chain.name,
    ...emitChainMatch(chain),
    filters: [emitService(chain.service, entrance, options, slots)],
    ...emitTransportSocket(chain),
  });
  const clusters = clustersOf(chain.service, options);
  const { listener, name, tls, service } = chain;
  const lookup = service.kind === "http" ? { lookup: { shape: entrance.shape, table: service.table } } : {};
  return { listener, name, bytes: field(filterChainsField, bytes), clusters, ...lookup, tls: tls !== undefined };
}

function emitTransportSocket({ tls, quic }: FilterChain): Init<typeof FilterChainSchema> {
  if (!tls) return {};
  if (!tls.certificate)
    return { transportSocket: emitTlsByName(tls.policy), transportSocketConnectTimeout: duration(handshakeMs) };
  const emit = quic ? emitQuic : emitDownstreamTls;
  return { transportSocket: emit(tls.certificate, tls.policy) };
}

function clustersOf(service: ChainService, options: HttpOptions): readonly string[] {
  if (service.kind === "http")
    return [...logClusters(options, "requests"), ...(options.tracing ? [options.tracing.cluster] : [])];
  return [...service.clusters.map((cluster) => cluster.name), ...logClusters(options, "connections")];
}

function emitChainMatch(chain: FilterChain): Init<typeof FilterChainSchema> {
  if (!chain.tls) return chain.besideTls ? { filterChainMatch: { transportProtocol: "raw_buffer" } } : {};
  const serverNames = chain.tls.certificate ? [...chain.serverNames] : [];
  return { filterChainMatch: { serverNames, transportProtocol: chain.quic ? "quic" : "tls" } };
}

function emitService(service: ChainService, entrance: Entrance, options: HttpOptions, slots: readonly SlotFilter[]) {
  if (service.kind === "http") {
    const manager = emitConnectionManager(service, entrance, options, slots);
    return {
      name: "envoy.filters.network.http_connection_manager",
      configType: { case: "typedConfig", value: manager },
    } as const;
  }
  const proxy = pack(TcpProxySchema, {
    statPrefix: service.statPrefix,
    accessLog: [...emitLogReceivers(options, "connections")],
    clusterSpecifier: {
      case: "weightedClusters",
      value: { clusters: service.clusters.map(({ name, weight }) => ({ name, weight })) },
    },
    ...(service.idleTimeoutMs === undefined ? {} : { idleTimeout: duration(service.idleTimeoutMs) }),
  });
  return { name: "envoy.filters.network.tcp_proxy", configType: { case: "typedConfig", value: proxy } } as const;
}
