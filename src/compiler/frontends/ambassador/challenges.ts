/**
 * LOWER of challenges of certificate authorities: every Host with an authority answers 404 to tokens that nobody
 * knows, from before it has a certificate, and the right answer to those that an order waits for. Nothing stands
 * before these routes: no redirect, no authentication, no list of addresses, no selector.
 */
import { covers, type HostGlob, parseGlob, splitPort } from "#base/hostname.ts";
import { child, type Origin, refKey } from "#base/origin.ts";
import type { Host } from "../../api/index.ts";
import type { Derived, Index, Reads } from "../../graph/graph.ts";
import { type Challenge, challengePath } from "../../ir/challenge.ts";
import type { PathMatch } from "../../ir/match.ts";
import type { RouteAction, RouteDecl } from "../../ir/route.ts";
import { hasAuthority } from "./own-certificate.ts";

/** The index entry of routes that users declare for challenges themselves, as for cert-manager. */
export function ownChallenges({ match: { path } }: RouteDecl): readonly string[] {
  const text = path.kind === "exact" ? path.path : path.kind === "regex" ? "" : path.prefix;
  return `${text}/`.startsWith(challengePath) ? [""] : [];
}

/** A Host's answer to tokens that nobody knows; where users have a route of their own, that one answers. */
export function lowerChallenges(own: Index<RouteDecl>): (host: Host, reads: Reads) => Derived<RouteDecl> {
  return ({ spec, ref, created }, reads) => {
    const glob = parseGlob(splitPort(spec.hostname.toLowerCase()).name);
    if (!hasAuthority(spec) || glob?.kind !== "exact") return { out: [] };
    if (reads.lookup(own, "").some((decl) => isFor(decl, glob))) return { out: [] };
    const origin = child({ ref, path: "" }, "spec", "acmeProvider");
    const path: PathMatch = { kind: "prefix", prefix: challengePath, caseSensitive: true };
    const key = `${refKey(ref)} challenges`;
    return {
      out: [[key, declare({ key, origin, created, glob: glob.text, path, action: { kind: "respond", status: 404 } })]],
    };
  };
}

/** The answer to a token. */
export function lowerChallenge({ ref, hostname, answer }: Challenge, _: Reads, token: string): Derived<RouteDecl> {
  const glob = parseGlob(hostname);
  if (!glob) return { out: [] };
  const origin: Origin = { ref, path: "" };
  const path: PathMatch = { kind: "exact", path: `${challengePath}${token}`, caseSensitive: true };
  const key = `${refKey(ref)} challenge ${token}`;
  return {
    out: [
      [key, declare({ key, origin, glob: glob.text, path, action: { kind: "respond", status: 200, body: answer } })],
    ],
  };
}

function isFor({ hosts }: RouteDecl, glob: HostGlob): boolean {
  const outer = hosts.kind === "glob" ? parseGlob(hosts.glob) : undefined;
  return outer === undefined || covers(outer, glob);
}

interface Declared {
  readonly key: string;
  readonly origin: Origin;
  readonly created?: string | undefined;
  readonly glob: string;
  readonly path: PathMatch;
  readonly action: RouteAction;
}

function declare({ key, origin, created = "", glob, path, action }: Declared): RouteDecl {
  const text = path.kind === "exact" ? path.path : challengePath;
  return {
    key,
    origin,
    created,
    labels: {},
    everywhere: true,
    hosts: { kind: "glob", glob },
    hostsPath: ".spec.hostname",
    match: { path, headers: [], query: [] },
    matchKey: key,
    // Before every Mapping, whatever precedence it has.
    order: {
      precedence: Number.MAX_SAFE_INTEGER,
      pathLength: text.length,
      headerLength: 0,
      queryLength: 0,
      path: text,
      headers: "",
      query: "",
      tie: key,
    },
    action,
    headers: { addRequest: [], removeRequest: [], addResponse: [], removeResponse: [] },
    policies: {
      auth: { settings: { kind: "bypass" }, reach: "route" },
      "ip-allow": { settings: { kind: "bypass" }, reach: "route" },
    },
  };
}
