/**
 * Rules of kinds that no field can tell alone, and what Mappings say in several ways.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { rawResource } from "../../../../test/raw-object.ts";
import { defaultSettings } from "../../settings.ts";
import { admit } from "../admit.ts";

function judge(kind: string, version: string, spec: object) {
  const { value, diagnostics } = admit(rawResource(kind, version, spec), defaultSettings);
  return [value === undefined ? "absent" : "present", ...diagnostics.map((d) => `${d.code} ${d.at.path}`)];
}

const binding = { namespace: { from: "ALL" } };
const listener = { port: 8080, securityModel: "XFP", hostBinding: binding };

const listeners: readonly [what: string, spec: object, expected: readonly string[]][] = [
  ["protocol", { protocol: "HTTPS" }, ["present"]],
  ["stack", { protocolStack: ["PROXY", "TLS", "HTTP", "TCP"] }, ["present"]],
  ["neither", {}, ["absent", "listener/no-protocol .spec"]],
  [
    "both",
    { protocol: "HTTP", protocolStack: ["HTTP", "TCP"] },
    ["present", "listener/two-protocols .spec.protocolStack"],
  ],
  ["no transport", { protocolStack: ["TLS", "HTTP"] }, ["absent", "listener/invalid-stack .spec.protocolStack"]],
  ["UDP without HTTP", { protocolStack: ["TLS", "UDP"] }, ["absent", "listener/invalid-stack .spec.protocolStack"]],
  ["UDP alone", { protocol: "UDP" }, ["absent", "listener/invalid-stack .spec.protocol"]],
  ["HTTP/3", { protocolStack: ["TLS", "HTTP", "UDP"] }, ["present"]],
  ["HTTP/3 without TLS", { protocolStack: ["HTTP", "UDP"] }, ["absent", "listener/invalid-stack .spec.protocolStack"]],
  [
    "HTTP/3 behind PROXY",
    { protocolStack: ["PROXY", "TLS", "HTTP", "UDP"] },
    ["present", "listener/no-proxy-over-udp .spec.protocolStack"],
  ],
  [
    "two transports",
    { protocolStack: ["UDP", "TLS", "HTTP", "TCP"] },
    ["present", "listener/two-transports .spec.protocolStack"],
  ],
  ["empty stack", { protocolStack: [] }, ["absent", "object/invalid-field .spec.protocolStack"]],
  [
    "empty binding",
    { protocol: "HTTP", hostBinding: {} },
    ["absent", "listener/invalid-host-binding .spec.hostBinding"],
  ],
  [
    "binding without from",
    { protocol: "HTTP", hostBinding: { namespace: {} } },
    ["absent", "listener/invalid-host-binding .spec.hostBinding"],
  ],
  [
    "selector without labels",
    { protocol: "HTTP", hostBinding: { selector: {} } },
    ["absent", "listener/invalid-host-binding .spec.hostBinding"],
  ],
  ["selector", { protocol: "HTTP", hostBinding: { selector: { matchLabels: { a: "b" } } } }, ["present"]],
  [
    "namespace selector",
    { protocol: "HTTP", hostBinding: { namespace: { from: "SELECTOR" } } },
    ["present", "listener/namespace-selector .spec.hostBinding.namespace.from"],
  ],
  [
    "matchExpressions",
    { protocol: "HTTP", hostBinding: { selector: { matchLabels: {}, matchExpressions: [] } } },
    ["present", "object/ignored-field .spec.hostBinding.selector.matchExpressions"],
  ],
  ["port 0", { protocol: "HTTP", port: 0 }, ["absent", "object/invalid-field .spec.port"]],
];

for (const [what, spec, expected] of listeners) {
  test(`Listener: ${what}`, () => assert.deepEqual(judge("Listener", "v3alpha1", { ...listener, ...spec }), expected));
}

const hosts: readonly [what: string, spec: object, expected: readonly string[]][] = [
  ["nothing", {}, ["present"]],
  ["no authority", { acmeProvider: { authority: "NONE" } }, ["present"]],
  ["an authority", { acmeProvider: { email: "a@b.c" } }, ["present"]],
  ["files", { tls: { cert_chain_file: "/a" } }, ["present"]],
  ["previews", { previewUrl: { enabled: true } }, ["present", "object/ignored-field .spec.previewUrl"]],
  [
    "action in lower case",
    { requestPolicy: { insecure: { action: "route" } } },
    ["absent", "object/invalid-field .spec.requestPolicy.insecure.action"],
  ],
  ["no extra port", { requestPolicy: { insecure: { additionalPort: -1 } } }, ["present"]],
];

for (const [what, spec, expected] of hosts) {
  test(`Host: ${what}`, () => {
    assert.deepEqual(judge("Host", "v2", spec), expected);
    assert.deepEqual(judge("Host", "v3alpha1", spec), expected);
  });
}

test("Host: what admission fills in", () => {
  const { value } = admit(rawResource("Host", "v2", { requestPolicy: { insecure: {} } }), defaultSettings);
  assert.deepEqual(value?.spec, { hostname: "*", requestPolicy: { insecure: { action: "Redirect" } } });
});

test("Host: camelCase spellings of TLS settings", () => {
  const spec = { tls: { alpnProtocols: "h2", caSecret: "ca", minTLSVersion: "v1.2" } };
  const { value } = admit(rawResource("Host", "v2", spec), defaultSettings);
  assert.deepEqual(value?.spec, {
    hostname: "*",
    tls: { alpn_protocols: "h2", ca_secret: "ca", min_tls_version: "v1.2" },
  });
});

test("ConsulResolver: without a datacenter", () => {
  assert.deepEqual(judge("ConsulResolver", "v2", {}), ["absent", "resolver/no-datacenter .spec.datacenter"]);
});

const mapping = { prefix: "/", service: "s" };

/** What is left of the host name and the headers, by version. */
const authorities: readonly [version: string, spec: object, rest: object, found: readonly string[]][] = [
  ["v2", { headers: { ":authority": "a.b" } }, { hostname: "a.b", headers: {} }, []],
  ["v2", { headers: { ":Authority": "a.b", x: "y" } }, { hostname: "a.b", headers: { x: "y" } }, []],
  [
    "v2",
    { host: "c.d", headers: { ":authority": "a.b" } },
    { hostname: "c.d", headers: {} },
    ["mapping/authority-header"],
  ],
  ["v3alpha1", { headers: { ":authority": "a.b" } }, { hostname: "a.b", headers: {} }, []],
  [
    "v3alpha1",
    { hostname: "*", headers: { ":authority": "a.b" } },
    { hostname: "*", headers: {} },
    ["mapping/authority-header"],
  ],
  [
    "v3alpha1",
    { host: "c.d", headers: { ":authority": "a.b" } },
    { host: "c.d", headers: {} },
    ["mapping/authority-header"],
  ],
  ["v3alpha1", { headers: { x: "y" } }, { headers: { x: "y" } }, []],
];

for (const [version, spec, rest, found] of authorities) {
  test(`Mapping ${version}: ${JSON.stringify(spec)}`, () => {
    const { value, diagnostics } = admit(rawResource("Mapping", version, { ...mapping, ...spec }), defaultSettings);
    assert.deepEqual(value?.spec, { ...mapping, ...rest });
    assert.deepEqual(
      diagnostics.map((d) => d.code),
      found,
    );
  });
}

test("fields said to be off are no use of them", () => {
  const spec = { ...mapping, shadow: false, bypass_auth: false, add_linkerd_headers: false };
  assert.deepEqual(judge("Mapping", "v3alpha1", spec), ["present"]);
});

test("TCPMapping: every field has an effect, and limits for one priority are told apart", () => {
  const [normal, high] = [{ max_connections: 1 }, { priority: "high", max_requests: 1 }];
  const spec = { port: 1, service: "s", host: "h", address: "::", weight: 1, idle_timeout_ms: "30" };
  assert.deepEqual(judge("TCPMapping", "v3alpha1", { ...spec, circuit_breakers: [normal, high] }), ["present"]);
  assert.deepEqual(judge("TCPMapping", "v3alpha1", { ...spec, circuit_breakers: [normal, high, normal] }), [
    "present",
    "service/limits-twice .spec.circuit_breakers[2]",
  ]);
});

test("Mapping: dns_type", () => {
  assert.deepEqual(judge("Mapping", "v2", { ...mapping, dns_type: "Logical_DNS" }), ["present"]);
  assert.deepEqual(judge("Mapping", "v2", { ...mapping, dns_type: "srv" }), [
    "present",
    "mapping/invalid-dns-type .spec.dns_type",
  ]);
});
