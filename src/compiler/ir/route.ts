/** Routes: a declared one as a frontend produces it, and a linked one as a virtual host holds it. */
import type { Origin } from "#base/origin.ts";
import type { ClusterDecl, ClusterName } from "./cluster.ts";
import type { HeaderEdits, HeaderValue } from "./headers.ts";
import type { RouteHosts, RouteMatch } from "./match.ts";

/** What happens to the path on its way upstream, or in a redirect. */
export type PathRewrite =
  | { readonly kind: "prefix"; readonly to: string }
  | { readonly kind: "path"; readonly to: string }
  | { readonly kind: "regex"; readonly pattern: string; readonly substitution: string };

/** What of a request is hashed, so that requests alike go to the same endpoint. */
export type HashKey =
  | { readonly kind: "header"; readonly name: string }
  /** With `ttlMs`, a request that has no such cookie is given one. */
  | { readonly kind: "cookie"; readonly name: string; readonly path?: string; readonly ttlMs?: number }
  | { readonly kind: "source-ip" };

/** Which failed requests are tried again, in Envoy's words, and how. */
export interface RetryPolicy {
  readonly on: string;
  readonly retries?: number;
  readonly perTryTimeoutMs?: number;
}

/** Where copies of that many percent of the requests go. */
export interface Mirror {
  readonly cluster: ClusterName;
  readonly percent: number;
}

/** Sending the request to an upstream. */
export interface Forward {
  readonly kind: "forward";
  readonly cluster: ClusterName;
  readonly rewrite?: PathRewrite;
  readonly hostRewrite?: { readonly kind: "literal"; readonly value: string } | { readonly kind: "auto" };
  /** 0 means no limit. */
  readonly timeoutMs: number;
  readonly idleTimeoutMs?: number;
  readonly priority?: "default" | "high";
  readonly upgrades: readonly string[];
  /** What balancing by hash goes by. */
  readonly hashOn?: HashKey;
  readonly retry?: RetryPolicy;
  readonly mirror?: Mirror;
}

/** Answering with a redirect. */
export interface Redirect {
  readonly kind: "redirect";
  readonly host?: string;
  readonly port?: number;
  readonly https?: boolean;
  readonly path?: PathRewrite;
  readonly status: 301 | 302 | 303 | 307 | 308;
}

/** Answering at once. */
export interface Respond {
  readonly kind: "respond";
  readonly status: number;
  readonly body?: string;
}

/** What a matching request meets. */
export type RouteAction = Forward | Redirect | Respond;

/**
 * The place of a route in the order of matching: fields are compared one after the other, larger first.
 * Precedence, then lengths of prefix, header and query conditions, then texts.
 */
export interface RouteOrder {
  readonly precedence: number;
  readonly pathLength: number;
  readonly headerLength: number;
  readonly queryLength: number;
  readonly path: string;
  readonly headers: string;
  readonly query: string;
  /** Decides what is left: name and namespace of the object. */
  readonly tie: string;
}

/**
 * What a route asks of a policy. The settings are the policy's own IR: plain data that only the policy looks into.
 * `group`: routes for the same requests have it, too; `default`: unless the route or its group asks for something.
 */
export interface PolicyUse {
  readonly settings: unknown;
  readonly reach: "route" | "group" | "default";
}

/** What one object asks for and all that share its requests get, by the user's field. */
export interface SharedFields {
  readonly retry_policy?: RetryPolicy;
  readonly allow_upgrade?: readonly string[];
  readonly priority?: "default" | "high";
  readonly add_request_headers?: readonly HeaderValue[];
  readonly add_response_headers?: readonly HeaderValue[];
  readonly remove_request_headers?: readonly string[];
  readonly remove_response_headers?: readonly string[];
}

/** A route as one object declares it, not yet joined with its rivals for the same requests. */
export interface RouteDecl {
  readonly key: string;
  readonly origin: Origin;
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Every Host shows it, whatever labels it selects. */
  readonly everywhere?: true;
  readonly hosts: RouteHosts;
  /** The field that names the hosts. */
  readonly hostsPath: string;
  readonly match: RouteMatch;
  /** Equal for routes that match the same requests: canaries and conflicts meet by it. */
  readonly matchKey: string;
  readonly order: RouteOrder;
  /** Percent of the matching requests; absent: an equal share of what the others leave. */
  readonly weight?: number;
  /** The field that says the weight; absent: `.spec.weight`. */
  readonly weightPath?: string;
  /** It serves no requests, and gets copies of those that others serve. */
  readonly shadow?: true;
  readonly action: RouteAction;
  readonly upstream?: ClusterDecl;
  /** What it asks for itself and those that share its requests must agree on, by the user's field. */
  readonly core?: Readonly<Record<string, unknown>>;
  /** What the object itself says; among canaries, it is for all. */
  readonly shared?: SharedFields;
  readonly headers: HeaderEdits;
  /** By the policy's name. */
  readonly policies?: Readonly<Record<string, PolicyUse>>;
}

/** A route as a virtual host holds it. */
export interface Route {
  readonly key: string;
  readonly origin: Origin;
  readonly labels: Readonly<Record<string, string>>;
  /** Every Host shows it, whatever labels it selects. */
  readonly everywhere?: true;
  readonly hosts: RouteHosts;
  readonly hostsPath: string;
  readonly match: RouteMatch;
  readonly order: RouteOrder;
  /** Position among the canaries of one match: they are tried in this order. */
  readonly canary: number;
  /** Requests whose random number (0 … 99) is below this take the route; absent: all. Cumulative over the canaries. */
  readonly fraction?: number;
  readonly action: RouteAction;
  readonly headers: HeaderEdits;
  /** Settings of policies that differ on this route, by the policy's name. */
  readonly policies?: Readonly<Record<string, unknown>>;
}
