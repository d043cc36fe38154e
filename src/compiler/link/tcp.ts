/** LINK of raw TCP: routes for one socket and server name share its connections by weight. */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child } from "#base/origin.ts";
import type { Derived, Reads } from "../graph/graph.ts";
import type { TcpRoute, TcpRouteDecl } from "../ir/listener.ts";
import { settleCore } from "./core-settings.ts";
import { socketKey } from "./listeners.ts";
import { shareOut } from "./weights.ts";

/** The connections that a declaration asks for. */
export function tcpMatch(decl: TcpRouteDecl): string {
  return `${socketKey(decl)}|${decl.host ?? "*"}`;
}

const coreWords = { code: "tcp-mapping/core-setting", of: "connections", first: "by age" } as const;

/** Joins the declarations for the same connections. Each keeps its own weight (not the sum with those before it). */
export function linkTcpRoute(rivals: readonly TcpRouteDecl[], _reads: Reads, key: string): Derived<TcpRoute> {
  const { agreed: decls, diagnostics: disagreements } = settleCore(rivals, coreWords);
  const first = decls[0];
  if (!first) return { out: [] };
  // Alone, it takes everything, whatever its weight.
  const { shares, ignored } = shareOut(decls, (decl) => (decls.length === 1 ? undefined : decl.weight));
  if (shares.every(({ upTo }) => upTo === 0)) return { out: [], diagnostics: [...disagreements, noShare(first)] };
  let before = 0;
  const clusters = shares.map(({ item, upTo }) => {
    const weight = upTo - before;
    before = upTo;
    return { name: item.upstream.name, weight, origin: item.origin };
  });
  const route: TcpRoute = {
    key,
    origin: first.origin,
    listener: socketKey(first),
    address: first.address,
    port: first.port,
    clusters: clusters.filter((cluster) => cluster.weight > 0),
    ...(first.host === undefined ? {} : { host: first.host }),
    ...(first.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: first.idleTimeoutMs }),
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
  const parts = route.clusters.length > 1 ? [ownShares(first)] : [];
  return { out: [[key, route]], diagnostics: [...disagreements, ...diagnostics, ...parts] };
}

/** The old system gave each the sum of its own weight and of those before it. */
function ownShares(first: TcpRouteDecl): Diagnostic {
  const message = "connections are shared by the weights; the old system added to each weight those before it";
  const traffic = "a canary gets the share that its weight says";
  return diagnose("compat/tcp-weights", first.origin, message, { traffic });
}

function noShare(first: TcpRouteDecl): Diagnostic {
  return diagnose(
    "tcp-mapping/no-share",
    child(first.origin, "spec", "weight"),
    "all weights for these connections are 0",
    { traffic: "these connections are not served", hint: "leave out the weight of the main version" },
  );
}
