/** What Listeners become in every spelling of their protocol. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { rawResource } from "../../../../test/raw-object.ts";
import { collection, reads } from "../../../../test/reads.ts";
import { admit, type Listener } from "../../api/index.ts";
import type { ListenerDecl } from "../../ir/listener.ts";
import { defaultSettings, type Settings } from "../../settings.ts";
import { lowerListener } from "./listener.ts";

function lower(spec: object, settings: Partial<Settings> = {}) {
  const hostBinding = { namespace: { from: "ALL" } };
  const raw = rawResource("Listener", "v3alpha1", { port: 9000, securityModel: "XFP", hostBinding, ...spec });
  const of = collection({ "": { ...defaultSettings, ...settings } });
  const { out, diagnostics = [] } = lowerListener(of)(admit(raw, defaultSettings).value as Listener, reads);
  return { decl: [...out][0]?.[1], found: diagnostics.map(({ code }) => code) };
}

function layers({ proxyProtocol, tls, http, statPrefix }: ListenerDecl): string {
  return [proxyProtocol && "PROXY", tls && "TLS", http && "HTTP", statPrefix].filter(Boolean).join(" ");
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
    [{ protocol: "HTTP", statsPrefix: "mine" }, "HTTP mine"],
    [{ protocol: "HTTP", statsPrefix: "" }, "HTTP ingress_http"],
  ];
  for (const [spec, expected] of rows) {
    const { decl } = lower(spec);
    deepEqual(decl && layers(decl), expected, JSON.stringify(spec));
  }
});

test("which Hosts are bound", () => {
  const binding = (hostBinding: object) => lower({ protocol: "HTTP", hostBinding }).decl?.binding;
  const selector = { matchLabels: { a: "b" } };
  deepEqual(binding({ namespace: { from: "ALL" } }), { kind: "hosts", selector: {} });
  deepEqual(binding({ namespace: { from: "SELF" } }), { kind: "hosts", selector: {}, namespace: "default" });
  deepEqual(binding({ namespace: { from: "SELECTOR" } }), { kind: "hosts", selector: {}, namespace: "default" });
  deepEqual(binding({ selector }), { kind: "hosts", selector: { a: "b" }, namespace: "default" });
  deepEqual(binding({ namespace: { from: "ALL" }, selector }), { kind: "hosts", selector: { a: "b" } });
});

test("a port that may not be bound is told, unless it is put elsewhere", () => {
  const unprivilegedPortStart = 1024;
  deepEqual(lower({ protocol: "HTTP", port: 80 }, { unprivilegedPortStart }).found, ["listener/port-not-permitted"]);
  deepEqual(lower({ protocol: "HTTP", port: 80 }, { unprivilegedPortStart, ports: { "80": 8080 } }).found, []);
  deepEqual(lower({ protocol: "HTTP", port: 1024 }, { unprivilegedPortStart }).found, []);
});
