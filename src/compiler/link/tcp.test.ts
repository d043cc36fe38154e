import { deepEqual, notEqual } from "node:assert/strict";
import { test } from "node:test";
import { reads } from "../../../test/reads.ts";
import type { ClusterDecl, ClusterName } from "../ir/cluster.ts";
import type { TcpRouteDecl } from "../ir/listener.ts";
import { linkTcpRoute, tcpMatch } from "./tcp.ts";

function decl(name: string, more: Partial<TcpRouteDecl> = {}): TcpRouteDecl {
  const origin = { ref: { group: "getambassador.io", kind: "TCPMapping", namespace: "n", name }, path: "" };
  const upstream = { name: name as ClusterName, origin } as ClusterDecl;
  return { key: name, origin, created: "", address: "0.0.0.0", port: 9000, upstream, ...more };
}

function link(...decls: readonly TcpRouteDecl[]): readonly unknown[] {
  const { out, diagnostics = [] } = linkTcpRoute(decls, reads, "k");
  const clusters = [...out].map(([, route]) => route.clusters.map(({ name, weight }) => `${name} ${weight}`));
  return [...clusters, ...diagnostics.map(({ code, at }) => `${code} ${at.ref.name}`)];
}

test("shares of connections", () => {
  const rows: readonly (readonly [readonly TcpRouteDecl[], readonly unknown[]])[] = [
    [[decl("a")], [["a 100"]]],
    [[decl("a", { weight: 0 })], [["a 100"]]],
    [
      [decl("a", { weight: 10 }), decl("b", { weight: 30 }), decl("c", { weight: 60 })],
      [["a 10", "b 30", "c 60"], "compat/tcp-weights a"],
    ],
    [
      [decl("a"), decl("b", { weight: 10 })],
      [["b 10", "a 90"], "compat/tcp-weights a"],
    ],
    [[decl("a", { weight: 0 }), decl("b", { weight: 100 })], [["b 100"]]],
    [[decl("a", { weight: 0 }), decl("b", { weight: 0 })], ["tcp-mapping/no-share a"]],
    [
      [decl("a", { weight: 60 }), decl("b", { weight: 60 })],
      [["a 60", "b 40"], "tcp-mapping/weights-over-100 b", "compat/tcp-weights a"],
    ],
    [
      [decl("a", { core: { tls: "x" } }), decl("b"), decl("c", { core: { tls: "y" } })],
      [["a 50", "b 50"], "tcp-mapping/core-setting c", "compat/tcp-weights a"],
    ],
    [[], []],
  ];
  for (const [decls, expected] of rows) deepEqual(link(...decls), expected, decls.map(({ key }) => key).join());
});

test("connections are told apart by address, port and server name", () => {
  const all = [
    decl("a"),
    decl("a", { port: 9001 }),
    decl("a", { address: "127.0.0.1" }),
    decl("a", { host: "a.test" }),
  ];
  for (const [i, a] of all.entries()) for (const b of all.slice(i + 1)) notEqual(tcpMatch(a), tcpMatch(b));
});
