/** LINK of listeners: one declaration per address and port; TCP routes open the ports that nobody else has. */

import { diagnose } from "#base/diagnostic.ts";
import { formatRef } from "#base/origin.ts";
import type { Collection, Derived, Reads } from "../graph/graph.ts";
import type { ListenerDecl, TcpRoute } from "../ir/listener.ts";

/** Where connections come in: what two listeners cannot share. */
export function socketKey({ address, port, quic }: Pick<ListenerDecl, "address" | "port" | "quic">): string {
  return `${quic ? "udp" : "tcp"}-${address}-${port}`;
}

/** One socket, one listener: the oldest declaration wins. */
export function linkListener(claims: readonly ListenerDecl[], _reads: Reads, key: string): Derived<ListenerDecl> {
  const [first, ...later] = claims;
  if (!first) return { out: [] };
  const diagnostics = later.map((decl) =>
    diagnose(
      "listener/duplicate-port",
      { ref: decl.origin.ref, path: ".spec.port" },
      `port ${decl.port} is already taken by ${formatRef(first.origin.ref)}`,
      {
        traffic: `port ${decl.port} is served as ${formatRef(first.origin.ref)} says`,
        hint: "give it another port, or delete one of the two",
        related: [{ at: first.origin, message: "took the port first" }],
      },
    ),
  );
  return { out: [[key, { ...first, key }]], diagnostics };
}

/** A listener for TCP routes on a socket that no listener declares. */
export function linkTcpListener(
  declared: Collection<ListenerDecl>,
): (routes: readonly TcpRoute[], reads: Reads, key: string) => Derived<ListenerDecl> {
  return (routes, reads, key) => {
    const first = routes[0];
    if (!first || reads.has(declared, key)) return { out: [] };
    const { address, port } = first;
    const tls = routes.some((route) => route.host !== undefined);
    const listener: ListenerDecl = {
      key,
      origin: first.origin,
      created: "",
      address,
      port,
      proxyProtocol: false,
      tls,
      statPrefix: `ingress_tcp_${port}`,
      binding: { kind: "hosts", selector: {} },
      security: "SECURE",
    };
    return { out: [[key, listener]] };
  };
}
