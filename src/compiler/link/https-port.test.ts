import assert from "node:assert/strict";
import { test } from "node:test";
import type { ListenerDecl } from "../ir/listener.ts";
import { ownHttpsPort } from "./https-port.ts";

const listener = (port: number, tls: boolean, http = true): ListenerDecl => ({
  key: `tcp-0.0.0.0-${port}`,
  origin: { ref: { group: "getambassador.io", kind: "Listener", namespace: "default", name: `l${port}` }, path: "" },
  created: "",
  address: "0.0.0.0",
  port,
  proxyProtocol: false,
  tls,
  statPrefix: "",
  binding: { kind: "hosts", selector: {} },
  security: "XFP",
  ...(http ? { http: { statPrefix: "", trustedHops: 0 } } : {}),
});

const cases: readonly (readonly [
  what: string,
  listeners: readonly ListenerDecl[],
  ports: Readonly<Record<string, number>>,
  port: number | undefined,
])[] = [
  ["there is none", [listener(8080, false)], {}, undefined],
  ["it is where it says", [listener(8080, false), listener(8443, true)], {}, 8443],
  ["it was put elsewhere", [listener(8080, false), listener(8443, true)], { "8443": 18443 }, 18443],
  ["raw TLS is none", [listener(6000, true, false)], {}, undefined],
  ["the usual ports come first", [listener(4000, true), listener(8443, true)], {}, 8443],
  ["the lowest of others", [listener(5001, true), listener(5000, true)], {}, 5000],
  ["80 and 443 need no port", [listener(8080, false), listener(8443, true)], { "8080": 80, "8443": 443 }, undefined],
  ["443 must replace 8080", [listener(8080, false), listener(443, true)], {}, 443],
];

for (const [what, listeners, ports, port] of cases) {
  test(`own https port: ${what}`, () => assert.equal(ownHttpsPort(listeners, ports), port));
}
