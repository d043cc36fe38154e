import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { collection, index, reads } from "../../../test/reads.ts";
import type { ClusterName } from "../ir/cluster.ts";
import type { HostDecl, HostTls } from "../ir/host.ts";
import type { ListenerDecl, TcpRoute } from "../ir/listener.ts";
import type { SecretUse } from "../ir/secret.ts";
import type { Domain } from "../ir/virtual-host.ts";
import {
  byRank,
  type ChainClaim,
  chainKey,
  claimCleartextChain,
  claimHostChains,
  claimKey,
  claimTcpChain,
  linkFilterChain,
  secureTcpRoute,
  settleClaims,
} from "./chains.ts";

const ref = (kind: string, name: string) => ({ group: "getambassador.io", kind, namespace: "n", name });
const secret = (name: string): SecretUse => ({ name: `n/${name}`, kind: "certificate", secret: `n/${name}` });
const tls = (name: string, requireClientCertificate = false): HostTls => ({
  certificate: secret(name),
  policy: { requireClientCertificate },
});

function host(glob: string, own?: HostTls): HostDecl {
  const origin = { ref: ref("Host", glob), path: "" };
  const base = { key: glob, origin, created: "", namespace: "n", labels: {}, glob, insecure: "redirect" } as const;
  return own ? { ...base, tls: own } : base;
}

const domain = (of: HostDecl, text = of.glob): Domain => ({
  site: "s",
  security: "XFP",
  glob: of.glob,
  text,
  host: of,
});

function listener(more: Partial<ListenerDecl> = {}): ListenerDecl {
  return {
    key: "tcp-0.0.0.0-8443",
    origin: { ref: ref("Listener", "l"), path: "" },
    created: "",
    address: "0.0.0.0",
    port: 8443,
    proxyProtocol: false,
    tls: true,
    http: { statPrefix: "ingress_https", trustedHops: 0 },
    statPrefix: "ingress_https",
    binding: { kind: "hosts", selector: {} },
    security: "XFP",
    ...more,
  };
}

function claimsOf(of: HostDecl, listeners: readonly ListenerDecl[] = [listener()]): readonly unknown[] {
  const { out, diagnostics = [] } = claimHostChains(index({ s: listeners }), () => true)(domain(of), reads);
  return [[...out].map(([, claim]) => claim.serverName), diagnostics.map(({ code }) => code)];
}

test("which server names a Host claims", () => {
  const rows: readonly (readonly [string, readonly unknown[]])[] = [
    ["a.test", [["a.test"], []]],
    ["*.test", [["*.test"], []]],
    ["*", [["*"], []]],
    ["*test", [[], ["host/tls-wildcard"]]],
    ["a.*", [[], ["host/tls-wildcard"]]],
  ];
  for (const [glob, expected] of rows) deepEqual(claimsOf(host(glob, tls("a"))), expected, glob);
});

test("no certificate, no TLS or no HTTP: no claim", () => {
  deepEqual(claimsOf(host("a.test")), [[], []]);
  deepEqual(claimsOf(host("a.test", tls("a")), [listener({ tls: false })]), [[], []]);
  const { http: _, ...rawTcp } = listener();
  deepEqual(claimsOf(host("a.test", tls("a")), [rawTcp]), [[], []]);
});

test("client certificate rules lead to tables of their own", () => {
  const tableOf = (own: HostTls): string => {
    const [[, claim] = []] = [
      ...claimHostChains(index({ s: [listener()] }), () => true)(domain(host("a.test", own)), reads).out,
    ];
    return claim?.service.kind === "http" ? claim.service.table : "";
  };
  equal(tableOf(tls("a")), "all/xfp/open");
  equal(tableOf(tls("a", true)), "all/xfp/client-required-any");
});

test("cleartext is claimed by every HTTP listener, apart from TLS where there is TLS", () => {
  const claimOf = (of: ListenerDecl): ChainClaim | undefined => [...claimCleartextChain(of).out][0]?.[1];
  deepEqual([claimOf(listener())?.serverName, claimOf(listener())?.besideTls], ["", true]);
  equal(claimOf(listener({ tls: false }))?.besideTls, undefined);
  const { http: _, ...rawTcp } = listener();
  equal(claimOf(rawTcp), undefined);
});

const lookup = {
  hostsByGlob: index({ "a.test": [host("a.test", tls("exact"))], "*.test": [host("*.test", tls("wild"))] }),
  contextsByHost: index({ "c.example": [{ tls: tls("context") }] }),
};

function claimTcp(name?: string): readonly unknown[] {
  const origin = { ref: ref("TCPMapping", "t"), path: "" };
  const route: TcpRoute = {
    key: "r",
    origin,
    listener: "l",
    address: "0.0.0.0",
    port: 8443,
    clusters: [{ name: "c" as ClusterName, weight: 100, origin }],
    ...(name === undefined ? {} : { host: name }),
  };
  const { out, diagnostics = [] } = secureTcpRoute(lookup)(route, reads, "r");
  const claim = claimTcpChain(collection({ l: listener() }));
  return [...out]
    .flatMap(([, secured]) => [...claim(secured, reads).out])
    .map(([, { serverName, tls: own }]) => `${serverName} ${own?.certificate.name ?? ""}`)
    .concat(diagnostics.map(({ code }) => code));
}

test("a TCP route with a server name takes the certificate of the Host, or the TLSContext, for it", () => {
  deepEqual(claimTcp(), [" "]);
  deepEqual(claimTcp("a.test"), ["a.test n/exact"]);
  deepEqual(claimTcp("b.test"), ["b.test n/wild"]);
  deepEqual(claimTcp("c.example"), ["c.example n/context"]);
  deepEqual(claimTcp("d.example"), ["tcp-mapping/no-certificate"]);
});

function claim(serverName: string, chain: string, rank = 1, more: Partial<ChainClaim> = {}): ChainClaim {
  const origin = { ref: ref("Host", `${chain}-${serverName}`), path: "" };
  const service = { kind: "http", table: "t", settings: { statPrefix: "p", trustedHops: 0 } } as const;
  return { listener: "l", serverName, chain, origin, service, rank, tls: tls("a"), ...more };
}

test("one server name, one owner; the same chain is no conflict", () => {
  const settle = (...claims: readonly ChainClaim[]): readonly unknown[] => {
    const { out, diagnostics = [] } = settleClaims([...claims].sort(byRank), reads, "k");
    return [[...out].map(([, { chain }]) => chain), diagnostics.map(({ code, at }) => `${code} ${at.ref.name}`)];
  };
  deepEqual(settle(claim("a", "x"), claim("a", "x")), [["x"], []]);
  deepEqual(settle(claim("a", "x"), claim("a", "y")), [["x"], ["listener/conflict y-a"]]);
  deepEqual(settle(claim("a", "x"), claim("a", "tcp-a", 0)), [["tcp-a"], ["listener/conflict x-a"]]);
  equal(claimKey(claim("a", "x")), claimKey(claim("a", "y")));
});

test("names that share a chain are joined, and * is any name", () => {
  const names = (...claims: readonly ChainClaim[]): readonly string[] =>
    [...linkFilterChain(claims, reads, "k").out].flatMap(([, chain]) => chain.serverNames);
  deepEqual(names(claim("b", "x"), claim("a", "x")), ["a", "b"]);
  deepEqual(names(claim("b", "x"), claim("*", "x")), []);
  equal(chainKey(claim("a", "x")), chainKey(claim("b", "x")));
});
