/** All routes as rows: for which requests, where to, because of which object. */
import { concealed, isSensitiveName } from "#base/conceal.ts";
import type { Origin } from "#base/origin.ts";
import type { Declared } from "../compile.ts";
import { routeVariants } from "../ir/exposure.ts";
import type { NamedMatch, PathMatch, RouteMatch } from "../ir/match.ts";
import type { PathRewrite, Route } from "../ir/route.ts";
import { domainsOf, type ShownRoute, shownRoutes } from "../lanes/planned-host.ts";
import { finished, finishedHosts } from "../linked.ts";
import { upstreamOf } from "./effect.ts";

/** One route of one or more hosts that show it alike. */
export interface RouteRow {
  readonly at: Origin;
  readonly hosts: readonly string[];
  readonly path: string;
  /** Everything else that a request must be like. */
  readonly conditions: readonly string[];
  /** Percent of the matching requests. */
  readonly percent: number;
  readonly destination: string;
}

/** The rows, by host, in the order of matching. */
export function listRoutes(declared: Declared): readonly RouteRow[] {
  const { virtualHosts } = declared.tables;
  const planned = finishedHosts(declared);
  const rows = new Map<string, RouteRow>();
  const hosts = [...virtualHosts.entries()].map(([, host]) => ({ host, domains: domainsOf(planned, host, finished) }));
  for (const { host, domains } of hosts.sort((a, b) => (a.domains.join() < b.domains.join() ? -1 : 1))) {
    const names = domains.filter((name) => !name.endsWith(":*"));
    const bounds = new Map<string, number>();
    for (const shown of shownRoutes(planned, host, finished)) {
      const row = routeRow(declared, shown, names, bounds);
      // A host that several listeners serve alike is listed once.
      if (row) rows.set(JSON.stringify([row.hosts, shown.route.key, row.conditions, row.destination]), row);
    }
  }
  return [...rows.values()];
}

function routeRow(
  declared: Declared,
  { route, exposure, authority }: ShownRoute,
  hosts: readonly string[],
  bounds: Map<string, number>,
): RouteRow | undefined {
  const variants = routeVariants(route.match.proto, exposure);
  if (variants.length === 0) return undefined;
  const isRedirected = variants.every(({ toHttps }) => toHttps);
  const match = JSON.stringify([route.match, route.hosts]);
  const before = bounds.get(match) ?? 0;
  const bound = route.fraction ?? 100;
  bounds.set(match, bound);
  return {
    at: route.origin,
    hosts,
    path: pathText(route.match.path),
    conditions: conditionsOf(route.match, authority),
    percent: bound - before,
    destination: isRedirected ? "redirect to https" : destinationOf(declared, route),
  };
}

function pathText(path: PathMatch): string {
  if (path.kind === "regex") return `~ ${path.regex}`;
  if (path.kind === "segments") return `${path.prefix}[/*]`;
  const text = path.kind === "exact" ? `= ${path.path}` : `${path.prefix}*`;
  return path.caseSensitive ? text : `${text} (any case)`;
}

function conditionsOf({ headers, query, proto }: RouteMatch, authority: NamedMatch | undefined): readonly string[] {
  return [
    ...(authority ? [conditionText("", authority)] : []),
    ...headers.map((condition) => conditionText("", condition)),
    ...query.map((condition) => conditionText("?", condition)),
    ...(proto ? [`x-forwarded-proto=${proto}`] : []),
  ];
}

function conditionText(mark: string, { name, match }: NamedMatch): string {
  const title = `${mark}${name === ":method" ? "method" : name === ":authority" ? "host" : name}`;
  if (match.kind === "present") return title;
  if (isSensitiveName(name)) return `${title}=${concealed}`;
  switch (match.kind) {
    case "exact":
      return `${title}=${match.value}`;
    case "regex":
      return `${title}~${match.regex}`;
    case "prefix":
      return `${title}=${match.value}*`;
    case "suffix":
      return `${title}=*${match.value}`;
  }
}

function destinationOf(declared: Declared, { action }: Route): string {
  switch (action.kind) {
    case "respond":
      return `answers ${action.status}`;
    case "redirect": {
      const scheme = action.https ? "https://" : "//";
      const port = action.port === undefined ? "" : `:${action.port}`;
      return `${action.status} to ${scheme}${action.host ?? ""}${port}${rewriteText(action.path)}`;
    }
    case "forward": {
      const { addresses, target } = upstreamOf(declared, action.cluster);
      const where = target === "an address" ? addresses.join() : target;
      const host = action.hostRewrite?.kind === "literal" ? ` as ${action.hostRewrite.value}` : "";
      return `${where}${rewriteText(action.rewrite)}${host}`;
    }
  }
}

function rewriteText(rewrite: PathRewrite | undefined): string {
  switch (rewrite?.kind) {
    case "prefix":
      return ` ${rewrite.to}*`;
    case "path":
      return ` ${rewrite.to}`;
    case "regex":
      return ` ~${rewrite.pattern} → ${rewrite.substitution}`;
    default:
      return "";
  }
}
