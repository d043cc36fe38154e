/** What becomes of a request's path and host on their way upstream, or in a redirect. */
import type { PathMatch } from "../ir/match.ts";
import type { Forward, PathRewrite, Redirect, Route } from "../ir/route.ts";
import { regexOf } from "./match.ts";
import { splitQuery } from "./path.ts";
import type { SeenRequest } from "./request.ts";

/** The path that the upstream sees. */
export function pathUpstream(route: Route, { rewrite }: Forward, request: SeenRequest): string {
  return rewritten(rewrite, route.match.path, request.path);
}

/** The Host that the upstream sees; where Envoy takes the address's own name, that is `undefined`. */
export function hostUpstream({ hostRewrite }: Forward, request: SeenRequest): string | undefined {
  if (hostRewrite?.kind === "literal") return hostRewrite.value;
  return hostRewrite?.kind === "auto" ? undefined : request.host;
}

/** The `location` of a redirect. `httpsPort` is the port that redirects to this instance's own https name. */
export function locationOf(
  redirect: Redirect,
  match: PathMatch,
  request: SeenRequest,
  httpsPort: number | undefined,
): string {
  const scheme = redirect.https ? "https" : request.scheme;
  const own = redirect.https && redirect.host === undefined ? httpsPort : undefined;
  const port = redirect.port ?? own;
  const host = redirect.host ?? keptHost(request, scheme, port !== undefined);
  return `${scheme}://${host}${port === undefined ? "" : `:${port}`}${locationPath(redirect.path, match, request.path)}`;
}

/** Envoy keeps the port of the Host header, except a default one that would not fit the new scheme. */
function keptHost({ host, scheme: own }: SeenRequest, scheme: string, isPortSet: boolean): string {
  const port = /:\d*$/.exec(host)?.[0];
  if (port === undefined) return host;
  const isDefault = (own === "http" && port === ":80") || (own === "https" && port === ":443");
  return isPortSet || (scheme !== own && isDefault) ? host.slice(0, -port.length) : host;
}

function locationPath(rewrite: PathRewrite | undefined, match: PathMatch, path: string): string {
  if (rewrite?.kind !== "path") return rewritten(rewrite, match, path);
  return rewrite.to.includes("?") ? rewrite.to : rewrite.to + splitQuery(path)[1];
}

function rewritten(rewrite: PathRewrite | undefined, match: PathMatch, whole: string): string {
  const [path, query] = splitQuery(whole);
  switch (rewrite?.kind) {
    case "prefix": {
      if (rewrite.to === "") return whole;
      // Where the match is not a prefix, all of the path was matched.
      const matched = match.kind === "prefix" || match.kind === "segments" ? match.prefix.length : path.length;
      return rewrite.to + path.slice(matched) + query;
    }
    case "regex":
      return replaceAll(rewrite.pattern, rewrite.substitution, path) + query;
    case "path":
      return rewrite.to + query;
    default:
      return whole;
  }
}

/** RE2's GlobalReplace: `\0` to `\9` are the groups, `\\` a backslash. */
function replaceAll(pattern: string, substitution: string, text: string): string {
  const matcher = regexOf(pattern).matcher(text);
  let output = "";
  let end = 0;
  while (matcher.find()) {
    // An empty match right behind another one does not count.
    if (matcher.end() === matcher.start() && matcher.start() === end && end > 0) continue;
    output += text.slice(end, matcher.start());
    output += substitution.replace(/\\(\d|\\)/g, (_, what: string) =>
      what === "\\" ? "\\" : (matcher.group(Number(what)) ?? ""),
    );
    end = matcher.end();
  }
  return output + text.slice(end);
}
