/** LOWER of Listeners. PROXY is read before TLS in every spelling, as it stands first on the wire. */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin, refKey } from "#base/origin.ts";
import type { Listener, ListenerSpec } from "../../api/index.ts";
import type { Collection, Derived, Reads } from "../../graph/graph.ts";
import type { HostBinding, HttpSettings, ListenerDecl } from "../../ir/listener.ts";
import type { Settings } from "../../settings.ts";

type Layer = NonNullable<ListenerSpec["protocolStack"]>[number];

const stacks: Readonly<Record<NonNullable<ListenerSpec["protocol"]>, readonly Layer[]>> = {
  HTTP: ["HTTP", "TCP"],
  HTTPS: ["TLS", "HTTP", "TCP"],
  HTTPPROXY: ["PROXY", "HTTP", "TCP"],
  HTTPSPROXY: ["PROXY", "TLS", "HTTP", "TCP"],
  TCP: ["TCP"],
  TLS: ["TLS", "TCP"],
  UDP: ["UDP"],
};

/** Lowers a Listener. */
export function lowerListener(
  settings: Collection<Settings>,
): (listener: Listener, reads: Reads) => Derived<ListenerDecl> {
  return (listener, reads) => {
    const { spec, ref } = listener;
    const origin: Origin = { ref, path: "" };
    const stack = spec.protocolStack ?? stacks[spec.protocol ?? "HTTP"];
    const http = stack.includes("HTTP");
    const tls = stack.includes("TLS");
    const quic = stack.at(-1) === "UDP";
    const statPrefix = spec.statsPrefix || defaultStatPrefix(http, tls, spec.port);
    const decl: ListenerDecl = {
      key: refKey(ref),
      origin,
      created: listener.created ?? "",
      address: reads.get(settings, "")?.bindAddress ?? "0.0.0.0",
      port: spec.port,
      ...(quic ? { quic } : {}),
      proxyProtocol: stack.includes("PROXY") && !quic,
      tls,
      ...(http ? { http: lowerHttp(spec, statPrefix, quic) } : {}),
      statPrefix,
      binding: lowerBinding(spec, ref.namespace),
      security: spec.securityModel,
    };
    return { out: [[decl.key, decl]], diagnostics: proxyFirst(spec, stack, origin) };
  };
}

function proxyFirst(spec: ListenerSpec, stack: readonly Layer[], origin: Origin): readonly Diagnostic[] {
  if (!stack.includes("TLS") || !stack.includes("PROXY")) return [];
  const field = spec.protocolStack ? "protocolStack" : "protocol";
  if (spec.protocolStack && stack.indexOf("PROXY") < stack.indexOf("TLS")) return [];
  const message = "the PROXY header is read before TLS, as it is sent; the old system looked for TLS first";
  const traffic = "connections with a PROXY header are served over TLS";
  return [diagnose("compat/proxy-first", child(origin, "spec", field), message, { traffic })];
}

function lowerHttp(spec: ListenerSpec, statPrefix: string, http3: boolean): HttpSettings {
  const { http2MaxConcurrentStreams: streams, l7Depth: trustedHops = 0 } = spec;
  return {
    statPrefix,
    trustedHops,
    ...(http3 ? { http3 } : {}),
    ...(streams === undefined ? {} : { maxConcurrentStreams: streams }),
  };
}

function defaultStatPrefix(http: boolean, tls: boolean, port: number): string {
  if (http) return tls ? "ingress_https" : "ingress_http";
  return tls ? `ingress_tls_${port}` : `ingress_tcp_${port}`;
}

/** Everything but ALL means the Listener's own namespace, also when only labels are given. */
function lowerBinding(spec: ListenerSpec, namespace: string): HostBinding {
  const all = spec.hostBinding.namespace?.from === "ALL";
  const selector = spec.hostBinding.selector?.matchLabels ?? {};
  return { kind: "hosts", selector, ...(all ? {} : { namespace }) };
}
