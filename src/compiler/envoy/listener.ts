/** EMIT of listeners: the socket, what is read before the request, and the chains' bytes in their order. */
import { ListenerSchema } from "#gen/envoy/config/listener/v3/listener_pb.js";
import { ProxyProtocolSchema } from "#gen/envoy/extensions/filters/listener/proxy_protocol/v3/proxy_protocol_pb.js";
import { TlsInspectorSchema } from "#gen/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.js";
import type { Encoded } from "../ir/encoded.ts";
import type { HttpOptions } from "../ir/http-options.ts";
import type { ListenerDecl } from "../ir/listener.ts";
import { encode, pack, versionOf } from "./bytes.ts";
import type { EncodedChain } from "./filter-chain.ts";

/** OUTBOUND, by its number in Envoy. */
const outbound = 2;

/** UDP, by its number in Envoy. */
const udp = 1;

/** Encodes a listener; `port` is the one that is really bound. */
export function emitListener(
  listener: ListenerDecl,
  port: number,
  chains: readonly EncodedChain[],
  options: HttpOptions,
): Encoded {
  const portSpecifier = { case: "portValue", value: port } as const;
  const { address, quic } = listener;
  const head = encode(ListenerSchema, {
    name: listener.key,
    address: {
      address: { case: "socketAddress", value: { ...(quic ? { protocol: udp } : {}), address, portSpecifier } },
    },
    ...(quic ? { udpListenerConfig: { quicOptions: {}, downstreamSocketConfig: { preferGro: true } } } : {}),
    listenerFilters: quic ? [] : emitListenerFilters(listener, chains),
    // Spans are the client's side of what follows, as they have always been.
    ...(options.tracing && listener.http ? { trafficDirection: outbound } : {}),
    ...(options.bufferLimitBytes === undefined ? {} : { perConnectionBufferLimitBytes: options.bufferLimitBytes }),
  });
  const parts = [head, ...chains.map((chain) => chain.bytes)];
  return {
    type: "listener",
    name: listener.key,
    version: versionOf(parts),
    parts,
    clusters: chains.map((chain) => chain.clusters),
    looksIn: {
      tables: [...new Set(chains.flatMap(({ lookup }) => (lookup?.shape === "table" ? lookup.table : [])))],
      scopes: chains.some(({ lookup }) => lookup?.shape === "scoped"),
    },
  };
}

/**
 * PROXY first: the header precedes everything, TLS included. TLS is looked at only where it matters, because that takes
 * bytes of the client, who may wait for the server's.
 */
function emitListenerFilters(listener: ListenerDecl, chains: readonly EncodedChain[]) {
  const filters = [];
  if (listener.proxyProtocol) filters.push(emitListenerFilter("proxy_protocol", pack(ProxyProtocolSchema, {})));
  const looksAtTls = listener.tls || chains.some(({ tls }) => tls);
  if (looksAtTls) filters.push(emitListenerFilter("tls_inspector", pack(TlsInspectorSchema, {})));
  return filters;
}

function emitListenerFilter(name: string, value: ReturnType<typeof pack>) {
  return { name: `envoy.filters.listener.${name}`, configType: { case: "typedConfig", value } } as const;
}
