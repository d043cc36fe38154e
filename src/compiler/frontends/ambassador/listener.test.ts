/** What Listeners become in every spelling of their protocol. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { rawResource } from "../../../../test/raw-object.ts";
import { collection, reads } from "../../../../test/reads.ts";
import { admit, type Listener } from "../../api/index.ts";
import type { ListenerDecl } from "../../ir/listener.ts";
import { defaultSettings } from "../../settings.ts";
import { lowerListener } from "./listener.ts";

function lower(spec: object) {
  const hostBinding = { namespace: { from: "ALL" } };
  const raw = rawResource("Listener", "v3alpha1", { port: 9000, securityModel: "XFP", hostBinding, ...spec });
  const { out } = lowerListener(collection({ "": defaultSettings }))(
    admit(raw, defaultSettings).value as Listener,
    reads,
  );
  return [...out][0]?.[1];
}

function layers({ proxyProtocol, tls, http, quic, statPrefix }: ListenerDecl): string {
  return [quic && "QUIC", proxyProtocol && "PROXY", tls && "TLS", http && "HTTP", statPrefix].filter(Boolean).join(" ");
}

test("protocols and stacks", () => {
  const rows: readonly (readonly [object, string])[] = [
    [{ protocol: "HTTP" }, "HTTP ingress_http"],
    [{ protocol: "HTTPS" }, "TLS HTTP ingress_https"],
    [{ protocol: "HTTPPROXY" }, "PROXY HTTP ingress_http"],
    [{ protocol: "HTTPSPROXY" }, "PROXY TLS HTTP ingress_https"],
    [{ protocol: "TCP" }, "ingress_tcp_9000"],
    [{ protocol: "TLS" }, "TLS ingress_tls_9000"],
    [{ protocolStack: ["TLS", "PROXY", "HTTP", "TCP"] }, "PROXY TLS HTTP ingress_https"],
    [{ protocolStack: ["PROXY", "TCP"] }, "PROXY ingress_tcp_9000"],
    [{ protocolStack: ["TLS", "HTTP", "UDP"] }, "QUIC TLS HTTP ingress_https"],
    [{ protocolStack: ["PROXY", "TLS", "HTTP", "UDP"] }, "QUIC TLS HTTP ingress_https"],
    [{ protocolStack: ["UDP", "TLS", "HTTP", "TCP"] }, "TLS HTTP ingress_https"],
    [{ protocol: "HTTP", statsPrefix: "mine" }, "HTTP mine"],
    [{ protocol: "HTTP", statsPrefix: "" }, "HTTP ingress_http"],
  ];
  for (const [spec, expected] of rows) {
    const decl = lower(spec);
    deepEqual(decl && layers(decl), expected, JSON.stringify(spec));
  }
});

test("which Hosts are bound", () => {
  const binding = (hostBinding: object) => lower({ protocol: "HTTP", hostBinding })?.binding;
  const selector = { matchLabels: { a: "b" } };
  deepEqual(binding({ namespace: { from: "ALL" } }), { kind: "hosts", selector: {} });
  deepEqual(binding({ namespace: { from: "SELF" } }), { kind: "hosts", selector: {}, namespace: "default" });
  deepEqual(binding({ namespace: { from: "SELECTOR" } }), { kind: "hosts", selector: {}, namespace: "default" });
  deepEqual(binding({ selector }), { kind: "hosts", selector: { a: "b" }, namespace: "default" });
  deepEqual(binding({ namespace: { from: "ALL" }, selector }), { kind: "hosts", selector: { a: "b" } });
});

test("settings of the connection manager", () => {
  const http = (spec: object) => lower(spec)?.http;
  const usual = { statPrefix: "ingress_https", trustedHops: 0 };
  deepEqual(http({ protocol: "HTTPS" }), usual);
  deepEqual(http({ protocol: "HTTPS", l7Depth: 2, http2MaxConcurrentStreams: 7 }), {
    ...usual,
    trustedHops: 2,
    maxConcurrentStreams: 7,
  });
  deepEqual(http({ protocolStack: ["TLS", "HTTP", "UDP"], http2MaxConcurrentStreams: 7 }), {
    ...usual,
    http3: true,
    maxConcurrentStreams: 7,
  });
});
