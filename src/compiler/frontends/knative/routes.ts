/**
 * LOWER of a Knative Ingress's rules: one route declaration for each split of each path under each host. What it
 * matches stays matched: a path none of whose Services can be had answers 503. Rules for the cluster alone are not
 * served, because what this gateway serves it serves to everybody.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { durationMs } from "#base/duration.ts";
import { child, type Origin } from "#base/origin.ts";
import { headerValueProblem, type KnativeIngress, type KnativePath } from "../../api/index.ts";
import type { Derived, Reads } from "../../graph/graph.ts";
import type { HeaderEdits } from "../../ir/headers.ts";
import type { PolicyUse, RetryPolicy, RouteAction, RouteDecl } from "../../ir/route.ts";
import type { BackendLookup } from "../ingress-backend.ts";
import { ingressLabel } from "../ingress-label.ts";
import { invalidHost, isPath, lowerHostName } from "../ingress-names.ts";
import { lowerConditions, lowerSetHeaders } from "./headers.ts";
import { type LoweredMatch, lowerMatch } from "./match.ts";
import { type LoweredSplit, lowerSplits } from "./splits.ts";

/** What Knative Ingresses are lowered against. */
export interface KnativeLookup extends BackendLookup {
  defaults(reads: Reads): { readonly headers: HeaderEdits; readonly retry?: RetryPolicy };
  /** What the instance asks of policies for every route. */
  policies(reads: Reads): Readonly<Record<string, PolicyUse>> | undefined;
}

/** A path without a timeout of its own has this one, as it always had. */
const defaultTimeoutMs = 15_000;

/** One path, apart from the hosts that it is for. */
interface LoweredPath {
  readonly at: Origin;
  readonly shares: readonly Pick<RouteDecl, "origin" | "action" | "upstream" | "headers" | "weight" | "weightPath">[];
}

/** Lowers the rules of a Knative Ingress. */
export function lowerKnativeIngress(
  lookup: KnativeLookup,
): (ingress: KnativeIngress, reads: Reads, key: string) => Derived<RouteDecl> {
  return (ingress, reads, key) => {
    const { ref, spec, labels, created = "" } = ingress;
    const diagnostics: Diagnostic[] = [];
    const out: [string, RouteDecl][] = [];
    const policies = lookup.policies(reads);
    const known = new Map<string, Origin>();
    for (const { matched, lowered, hostsPath, name } of matches(lookup, ingress, reads, diagnostics)) {
      const first = known.get(matched.matchKey);
      if (first) {
        diagnostics.push(duplicatePath(lowered.at, first));
        continue;
      }
      known.set(matched.matchKey, lowered.at);
      lowered.shares.forEach((share, i) => {
        const own = { ...matched, order: { ...matched.order, tie: `${ref.name}-${name}-${i}.${ref.namespace}` } };
        const common = {
          created,
          labels: { ...labels, ...ingressLabel },
          hostsPath,
          ...(policies ? { policies } : {}),
        };
        const decl: RouteDecl = { key: `${key} ${name}-${i}`, ...common, ...own, ...share };
        out.push([decl.key, decl]);
      });
    }
    const isIdle = spec.rules.every(({ paths }) => paths.length === 0);
    return { out, diagnostics: isIdle ? [...diagnostics, idle({ ref, path: "" })] : diagnostics };
  };
}

interface Match {
  readonly matched: LoweredMatch;
  readonly lowered: LoweredPath;
  readonly hostsPath: string;
  readonly name: string;
}

function* matches(
  lookup: KnativeLookup,
  { ref, spec }: KnativeIngress,
  reads: Reads,
  diagnostics: Diagnostic[],
): Iterable<Match> {
  for (const [i, { hosts, isLocal, paths }] of spec.rules.entries()) {
    const rule = child({ ref, path: "" }, "spec", "rules", i);
    if (isLocal) {
      diagnostics.push(clusterLocal(rule, hosts));
      continue;
    }
    const globs = (hosts.length > 0 ? hosts : [""]).map((host, k) => ({ host, glob: lowerHostName(host), k }));
    for (const { host, glob, k } of globs) {
      if (!glob) diagnostics.push(invalidHost(child(rule, "hosts", k), host, "it is not served by this rule"));
    }
    for (const [j, path] of paths.entries()) {
      const at = child(rule, "http", "paths", j);
      const conditions = lowerConditions(path.headers, child(at, "headers"), diagnostics);
      if (!isPath(path.path)) diagnostics.push(invalidPath(child(at, "path"), path.path));
      if (!isPath(path.path) || !conditions) continue;
      const lowered = lowerPath(lookup, path, at, reads, diagnostics);
      for (const { glob, k } of globs) {
        if (!glob) continue;
        const hostsPath = hosts.length > 0 ? `${rule.path}.hosts[${k}]` : rule.path;
        yield { matched: lowerMatch(glob, path.path, conditions, ""), lowered, hostsPath, name: `${i}-${j}-${k}` };
      }
    }
  }
}

function lowerPath(
  lookup: KnativeLookup,
  path: KnativePath,
  at: Origin,
  reads: Reads,
  diagnostics: Diagnostic[],
): LoweredPath {
  const { headers, retry } = lookup.defaults(reads);
  const timeoutMs = lowerTimeout(path.timeout, child(at, "timeout"), diagnostics);
  const hostRewrite = lowerRewriteHost(path.rewriteHost, child(at, "rewriteHost"), diagnostics);
  const onPath = { headers: path.setHeaders, at: child(at, "appendHeaders") };
  const splits = lowerSplits(lookup, path, at, reads, diagnostics);
  if (splits.length === 0) {
    return { at, shares: [{ origin: at, action: { kind: "respond", status: 503 }, headers }] };
  }
  // What is wrong with a header of the path is said once.
  lowerSetHeaders(headers, [onPath], diagnostics);
  const shares = splits.map(({ at: origin, split, upstream, hashOn, weight }: LoweredSplit) => {
    const found: Diagnostic[] = [];
    const onSplit = { headers: split.setHeaders, at: child(origin, "appendHeaders") };
    const edits = lowerSetHeaders(headers, [onPath, onSplit], found);
    diagnostics.push(...found.filter((one) => one.at.path.startsWith(onSplit.at.path)));
    const action: RouteAction = {
      kind: "forward",
      cluster: upstream.name,
      ...hostRewrite,
      timeoutMs,
      upgrades: ["websocket"],
      ...(hashOn ? { hashOn } : {}),
      ...(retry ? { retry } : {}),
    };
    const weighed = weight === undefined ? {} : { weight, weightPath: `${origin.path}.percent` };
    return { origin, action, upstream, headers: edits, ...weighed };
  });
  return { at, shares };
}

function lowerTimeout(text: string | undefined, at: Origin, diagnostics: Diagnostic[]): number {
  const ms = text === undefined ? defaultTimeoutMs : durationMs(text);
  if (ms !== undefined) return ms;
  const message = `${JSON.stringify(text)} is not a duration`;
  const detail = { traffic: "answers may take 15 seconds", hint: "write it like 1h30m or 2.5s" };
  diagnostics.push(diagnose("ingress/invalid-timeout", at, message, detail));
  return defaultTimeoutMs;
}

function lowerRewriteHost(value: string | undefined, at: Origin, diagnostics: Diagnostic[]) {
  const why = value === undefined ? undefined : headerValueProblem(value.replaceAll("%", "%%"));
  if (value !== undefined && why === undefined) return { hostRewrite: { kind: "literal", value } } as const;
  if (why !== undefined) {
    const traffic = "services see the host that the client asked for";
    diagnostics.push(diagnose("ingress/invalid-header", at, `the host ${why}`, { traffic }));
  }
  return {};
}

function clusterLocal(at: Origin, hosts: readonly string[]): Diagnostic {
  const names = hosts.length > 0 ? hosts.join(", ") : "all hosts";
  const message = `the rule for ${names} is for the cluster alone, and this gateway is open to everybody`;
  return diagnose("ingress/cluster-local", at, message, {
    traffic: "requests for its hosts are not served by it",
    hint: "send requests within the cluster to the Services themselves",
  });
}

function invalidPath(at: Origin, path: string): Diagnostic {
  return diagnose("ingress/invalid-path", at, `${JSON.stringify(path)} is not a path that a request can have`, {
    traffic: "it is not served: its requests go where other paths send them",
    hint: "write a path that begins with a slash, with other characters than ASCII's percent-encoded",
  });
}

function duplicatePath(at: Origin, first: Origin): Diagnostic {
  return diagnose("ingress/duplicate-path", at, "it matches the same requests as an earlier path of the Ingress", {
    traffic: "all of these requests go by the earlier one",
    hint: "delete one of the two",
    related: [{ at: first, message: "matches them first" }],
  });
}

function idle(at: Origin): Diagnostic {
  return diagnose("ingress/nothing-to-serve", at, "it has no path", { traffic: "no request reaches it" });
}
