/** LINK of raw TCP: routes for one socket and server name share its connections by weight. */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child } from "#base/origin.ts";
import type { Derived, Reads } from "../graph/graph.ts";
import type { TcpRoute, TcpRouteDecl } from "../ir/listener.ts";
import { socketKey } from "./listeners.ts";
import { shareOut } from "./weights.ts";

/** The connections that a declaration asks for. */
export function tcpMatch(decl: TcpRouteDecl): string {
  return `${socketKey(decl.address, decl.port)}|${decl.host ?? "*"}`;
}

/** Joins the declarations for the same connections. Each keeps its own weight (not the sum with those before it). */
export function linkTcpRoute(decls: readonly TcpRouteDecl[], _reads: Reads, key: string): Derived<TcpRoute> {
  const first = decls[0];
  if (!first) return { out: [] };
  // Alone, it takes everything, whatever its weight.
  const { shares, ignored } = shareOut(decls, (decl) => (decls.length === 1 ? undefined : decl.weight));
  if (shares.every(({ upTo }) => upTo === 0)) return { out: [], diagnostics: [noShare(first)] };
  let before = 0;
  const clusters = shares.map(({ item, upTo }) => {
    const weight = upTo - before;
    before = upTo;
    return { name: item.upstream.name, weight };
  });
  const idle = decls.find((decl) => decl.idleTimeoutMs !== undefined)?.idleTimeoutMs;
  const route: TcpRoute = {
    key,
    origin: first.origin,
    listener: socketKey(first.address, first.port),
    address: first.address,
    port: first.port,
    clusters: clusters.filter((cluster) => cluster.weight > 0),
    ...(first.host === undefined ? {} : { host: first.host }),
    ...(idle === undefined ? {} : { idleTimeoutMs: idle }),
  };
  const diagnostics = ignored.map((decl) =>
    diagnose(
      "tcp-mapping/weights-over-100",
      child(decl.origin, "spec", "weight"),
      "brings the sum of all weights for these connections above 100",
      {
        traffic: "its weight is ignored: it shares what the others leave",
      },
    ),
  );
  return { out: [[key, route]], diagnostics };
}

function noShare(first: TcpRouteDecl): Diagnostic {
  return diagnose(
    "tcp-mapping/no-share",
    child(first.origin, "spec", "weight"),
    "all weights for these connections are 0",
    { traffic: "these connections are not served", hint: "leave out the weight of the main version" },
  );
}
