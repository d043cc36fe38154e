/**
 * EMIT of routes. A route is encoded once and cut into three (match, action, the rest), from which every exposure is put
 * together: behind an x-forwarded-proto condition, as a redirect to https, or as it is.
 */

import type { JsonObject } from "@bufbuild/protobuf";
import { formatRef } from "#base/origin.ts";
import {
  type RedirectActionSchema,
  type RetryPolicySchema,
  type RouteAction_HashPolicySchema,
  type RouteAction_RequestMirrorPolicySchema,
  type RouteAction_UpgradeConfigSchema,
  type RouteActionSchema,
  RouteSchema,
} from "#gen/envoy/config/route/v3/route_components_pb.js";
import type { Bytes } from "../ir/encoded.ts";
import { markNamespace, upgradeMarks } from "../ir/marks.ts";
import type { NamedMatch } from "../ir/match.ts";
import type { Forward, HashKey, Mirror, PathRewrite, Redirect, RetryPolicy, Route } from "../ir/route.ts";
import { emitRouteMarks, emitRoutePolicies, emitToHttpsPolicies } from "../policies/on-routes.ts";
import { concatenated, duration, encode, encodeFields, field, fieldAt, type Init, slice } from "./bytes.ts";
import { emitHeaderEdits } from "./headers.ts";
import { emitHeaderCondition, emitMatch, matchField } from "./match.ts";
import { beginningOf } from "./prefix-tree.ts";

type RouteInit = Init<typeof RouteSchema>;
type ActionInit = Init<typeof RouteActionSchema>;
type RedirectInit = Init<typeof RedirectActionSchema>;

const redirectCodes = { 301: 0, 302: 1, 303: 2, 307: 3, 308: 4 } as const;

/** What a Route message is cut into: the content of its match, everything else, its action. */
export interface RoutePieces {
  readonly match: Bytes;
  readonly common: Bytes;
  readonly action: Bytes;
}

/** A route as a virtual host has it that shows it as it is, and where in that its action begins, which is the last. */
export interface FramedRoute {
  readonly framed: Bytes;
  readonly actionStart: number;
}

/** An encoded route. */
export interface EncodedRoute extends FramedRoute {
  /** What takes the action's place in a redirect to https, and is to come last; the same bytes for all routes. */
  readonly toHttps: Bytes;
  readonly cluster: string | undefined;
  /** Where copies of its requests go. */
  readonly mirror: string | undefined;
  /** What x-forwarded-proto must say. */
  readonly proto: "http" | "https" | undefined;
  /** What every path that it matches begins with. */
  readonly beginning: string;
}

const routesField = 3;

/** A route with its pieces in their places. */
export function frameRoute({ match, common, action }: RoutePieces): FramedRoute {
  return framePieces(matchField(match), common, action);
}

/** `match` is the whole field. */
function framePieces(match: Bytes, common: Bytes, action: Bytes): FramedRoute {
  const framed = field(routesField, match, common, action);
  return { framed, actionStart: framed.length - action.length };
}

/** The pieces that a route was framed from. */
export function piecesOf({ framed, actionStart }: FramedRoute): RoutePieces {
  const match = fieldAt(framed, fieldAt(framed, 0).start);
  return {
    match: slice(framed, match.start, match.end),
    common: slice(framed, match.end, actionStart),
    action: slice(framed, actionStart),
  };
}

function forwardedProto(value: string): NamedMatch {
  return { name: "x-forwarded-proto", match: { kind: "exact", value } };
}

/** What appended to an encoded match asks for x-forwarded-proto. */
export const protoCondition = {
  http: emitHeaderCondition(forwardedProto("http")),
  https: emitHeaderCondition(forwardedProto("https")),
} as const;

/** Encodes a linked route; `httpsPort` is the port that redirects name, if one must be named. */
export function emitRoute(route: Route, httpsPort: number | undefined): EncodedRoute {
  const bytes = encode(RouteSchema, {
    name: formatRef(route.origin.ref),
    match: emitMatch(route.match, route.fraction),
    ...emitHeaderEdits(route.headers),
    action: emitAction(route, httpsPort),
    ...(route.policies ? { typedPerFilterConfig: emitRoutePolicies(route.policies) } : {}),
  });
  // Fields are encoded in the order of their numbers: the match is 1, every action is below 9, all others are above.
  const match = slice(bytes, 0, fieldAt(bytes, 0).end);
  const actionEnd = fieldAt(bytes, match.length).end;
  const { framed, actionStart } = framePieces(
    match,
    withMarks(slice(bytes, actionEnd), route),
    withUpgradeMarks(slice(bytes, match.length, actionEnd), route),
  );
  const forward = route.action.kind === "forward" ? route.action : undefined;
  return {
    framed,
    actionStart,
    toHttps: encodeToHttps(httpsPort),
    cluster: forward?.cluster,
    mirror: forward?.mirror?.cluster,
    proto: route.match.proto,
    beginning: beginningOf(route.match.path),
  };
}

function withMarks(common: Bytes, { policies }: Route): Bytes {
  const marks = policies && emitRouteMarks(policies);
  return marks ? withMetadata(common, { [markNamespace]: marks }) : common;
}

/** They stand with the action, because a redirect in its place allows no upgrade. */
function withUpgradeMarks(action: Bytes, route: Route): Bytes {
  const upgrades = route.action.kind === "forward" ? route.action.upgrades : [];
  if (upgrades.length === 0) return action;
  return withMetadata(action, {
    [upgradeMarks]: Object.fromEntries(upgrades.map((type) => [type.toLowerCase(), true])),
  });
}

/** Metadata has a number between those of the actions, so that it is encoded by itself. */
function withMetadata(bytes: Bytes, filterMetadata: Record<string, JsonObject>): Bytes {
  return concatenated([bytes, encodeFields(RouteSchema, { metadata: { filterMetadata } })]);
}

const toHttps = new Map<number | undefined, Bytes>();

function encodeToHttps(httpsPort: number | undefined): Bytes {
  const known = toHttps.get(httpsPort);
  if (known) return known;
  const value = emitRedirect({ kind: "redirect", https: true, status: 301 }, httpsPort);
  const typedPerFilterConfig = emitToHttpsPolicies();
  const bytes = encodeFields(RouteSchema, { action: { case: "redirect", value }, typedPerFilterConfig });
  toHttps.set(httpsPort, bytes);
  return bytes;
}

function emitAction(route: Route, httpsPort: number | undefined): NonNullable<RouteInit["action"]> {
  const action = route.action;
  switch (action.kind) {
    case "forward":
      return { case: "route", value: emitForward(action) };
    case "redirect":
      return { case: "redirect", value: emitRedirect(action, httpsPort) };
    case "respond":
      return { case: "directResponse", value: { status: action.status, ...emitBody(action.body) } };
  }
}

function emitBody(body: string | undefined): { body?: { specifier: { case: "inlineString"; value: string } } } {
  return body === undefined ? {} : { body: { specifier: { case: "inlineString", value: body } } };
}

function emitForward(forward: Forward): ActionInit {
  return {
    clusterSpecifier: { case: "cluster", value: forward.cluster },
    timeout: duration(forward.timeoutMs),
    ...(forward.idleTimeoutMs === undefined ? {} : { idleTimeout: duration(forward.idleTimeoutMs) }),
    ...emitForwardRewrite(forward.rewrite),
    ...emitHostRewrite(forward.hostRewrite),
    ...(forward.priority === "high" ? { priority: 1 } : {}),
    ...(forward.upgrades.length > 0 && { upgradeConfigs: forward.upgrades.map(emitUpgrade) }),
    ...(forward.mirror ? { requestMirrorPolicies: [emitMirror(forward.mirror)] } : {}),
    ...(forward.retry ? { retryPolicy: emitRetryPolicy(forward.retry) } : {}),
    ...(forward.hashOn ? { hashPolicy: [emitHashKey(forward.hashOn)] } : {}),
  };
}

function emitMirror({ cluster, percent }: Mirror): Init<typeof RouteAction_RequestMirrorPolicySchema> {
  return { cluster, runtimeFraction: { defaultValue: { numerator: percent, denominator: 0 } } };
}

function emitRetryPolicy({ on, retries, perTryTimeoutMs }: RetryPolicy): Init<typeof RetryPolicySchema> {
  return {
    retryOn: on,
    ...(retries === undefined ? {} : { numRetries: retries }),
    ...(perTryTimeoutMs === undefined ? {} : { perTryTimeout: duration(perTryTimeoutMs) }),
  };
}

function emitHashKey(key: HashKey): Init<typeof RouteAction_HashPolicySchema> {
  switch (key.kind) {
    case "header":
      return { policySpecifier: { case: "header", value: { headerName: key.name } } };
    case "cookie": {
      const { name, path = "", ttlMs } = key;
      const ttl = ttlMs === undefined ? {} : { ttl: duration(ttlMs) };
      return { policySpecifier: { case: "cookie", value: { name, path, ...ttl } } };
    }
    case "source-ip":
      return { policySpecifier: { case: "connectionProperties", value: { sourceIp: true } } };
  }
}

function emitUpgrade(upgradeType: string): Init<typeof RouteAction_UpgradeConfigSchema> {
  return { upgradeType, ...(upgradeType.toUpperCase() === "CONNECT" ? { connectConfig: {} } : {}) };
}

function emitForwardRewrite(rewrite: PathRewrite | undefined): ActionInit {
  switch (rewrite?.kind) {
    case "prefix":
      return { prefixRewrite: rewrite.to };
    case "regex":
      return { regexRewrite: emitRegexRewrite(rewrite) };
    default:
      return {};
  }
}

function emitRegexRewrite(rewrite: { readonly pattern: string; readonly substitution: string }) {
  return { pattern: { regex: rewrite.pattern }, substitution: rewrite.substitution };
}

function emitHostRewrite(rewrite: Forward["hostRewrite"]): ActionInit {
  switch (rewrite?.kind) {
    case "literal":
      return { hostRewriteSpecifier: { case: "hostRewriteLiteral", value: rewrite.value } };
    case "auto":
      return { hostRewriteSpecifier: { case: "autoHostRewrite", value: { value: true } } };
    default:
      return {};
  }
}

function emitRedirect(redirect: Redirect, httpsPort: number | undefined): RedirectInit {
  // Only this machine's own hosts have their https elsewhere.
  const port = redirect.port ?? (redirect.https && redirect.host === undefined ? httpsPort : undefined);
  return {
    responseCode: redirectCodes[redirect.status],
    ...(redirect.host === undefined ? {} : { hostRedirect: redirect.host }),
    ...(port === undefined ? {} : { portRedirect: port }),
    ...(redirect.https ? { schemeRewriteSpecifier: { case: "httpsRedirect", value: true } as const } : {}),
    ...emitRedirectPath(redirect.path),
  };
}

function emitRedirectPath(path: PathRewrite | undefined): RedirectInit {
  switch (path?.kind) {
    case "path":
      return { pathRewriteSpecifier: { case: "pathRedirect", value: path.to } };
    case "prefix":
      return { pathRewriteSpecifier: { case: "prefixRewrite", value: path.to } };
    case "regex":
      return { pathRewriteSpecifier: { case: "regexRewrite", value: emitRegexRewrite(path) } };
    default:
      return {};
  }
}
