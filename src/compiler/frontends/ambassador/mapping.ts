/** LOWER of Mappings: what one Mapping asks for, as one dialect-free route declaration. */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin, type ResourceRef } from "#base/origin.ts";
import { type Mapping, type MappingSpec, parseService } from "../../api/index.ts";
import type { Collection, Derived, Index, Reads } from "../../graph/graph.ts";
import type { ClusterDecl, ClusterName } from "../../ir/cluster.ts";
import type { HeaderEdits } from "../../ir/headers.ts";
import type { Forward, HashKey, PathRewrite, Redirect, RouteAction, RouteDecl } from "../../ir/route.ts";
import { type InstancePolicies, lowerRoutePolicies } from "../../policies/on-routes.ts";
import { lowerUpstream, type UpstreamLookup, type UpstreamSurroundings } from "./cluster.ts";
import { coreSettings } from "./core-settings.ts";
import { lowerRouteDefaults, type RouteDefaults } from "./defaults.ts";
import { mappingDeviations } from "./deviations.ts";
import { lowerHeaderEdits, setsDestination, withDestination } from "./headers.ts";
import { lowerMatch } from "./match.ts";
import { denial, namedAuthService } from "./named-auth.ts";
import { lowerRetryPolicy } from "./retry.ts";
import { shadowNotes } from "./shadow.ts";
import { lowerPriority, lowerUpgrades, sharedFields } from "./shared-fields.ts";

/** A Mapping, or what is left of a broken one: its match, which then answers 503 instead of falling through. */
export interface AdmittedMapping {
  readonly mapping: Mapping;
  readonly broken?: true;
}

/** What Mappings are lowered against. */
export interface MappingLookup extends UpstreamLookup {
  readonly defaults: Collection<RouteDefaults>;
  /** What holds for policies on all routes, under "". */
  readonly policies: Collection<InstancePolicies>;
  /** AuthServices, usable or not, by their names. */
  readonly authServices: Index<ResourceRef>;
}

/** The defaults without a Module. */
export const noDefaults = lowerRouteDefaults({});

/** Lowers a Mapping. */
export function lowerMapping(
  lookup: MappingLookup,
): (admitted: AdmittedMapping, reads: Reads, key: string) => Derived<RouteDecl> {
  return ({ mapping, broken }, reads, key) => {
    const { spec, ref, labels } = mapping;
    const origin: Origin = { ref, path: "" };
    const defaults = reads.get(lookup.defaults, "") ?? noDefaults;
    const matched = lowerMatch(spec, labels, origin);
    if (!matched) return { out: [] };
    const auth = namedAuthService(lookup.authServices, spec, ref.namespace, reads);
    const denied = denial(spec, auth);
    const { action, upstream, diagnostics } = broken
      ? unavailable([])
      : denied
        ? answer(denied)
        : lowerAction(spec, { lookup, defaults, origin, reads });
    const asked = broken ? { diagnostics: [] } : lowerRoutePolicies(spec, reads.get(lookup.policies, ""), origin, auth);
    const core = broken ? undefined : coreSettings(spec);
    const shared = broken ? undefined : sharedFields(spec);
    const decl: RouteDecl = {
      key,
      origin,
      created: mapping.created ?? "",
      labels,
      hostsPath: mapping.version === "v3alpha1" && spec.hostname !== undefined ? ".spec.hostname" : ".spec.host",
      ...matched,
      ...(spec.weight === undefined ? {} : { weight: spec.weight }),
      ...(spec.shadow ? { shadow: true } : {}),
      action,
      ...(upstream ? { upstream } : {}),
      headers: lowerHeaders(spec, defaults, upstream),
      ...(shared ? { shared } : {}),
      ...(core ? { core } : {}),
      ...(asked.value ? { policies: asked.value } : {}),
    };
    const notes = spec.add_linkerd_headers && upstream ? linkerdNotes(spec, defaults, origin) : [];
    const deviations = broken ? [] : mappingDeviations(mapping, matched.match, origin);
    return { out: [[key, decl]], diagnostics: [...diagnostics, ...asked.diagnostics, ...notes, ...deviations] };
  };
}

function lowerHeaders(spec: MappingSpec, defaults: RouteDefaults, upstream: ClusterDecl | undefined): HeaderEdits {
  const edits = lowerHeaderEdits(spec, defaults.headers);
  return upstream && (spec.add_linkerd_headers ?? defaults.linkerdHeaders) ? withDestination(edits, upstream) : edits;
}

function linkerdNotes(spec: MappingSpec, defaults: RouteDefaults, origin: Origin): readonly Diagnostic[] {
  if (!setsDestination(lowerHeaderEdits(spec, defaults.headers))) return [];
  const message = "add_linkerd_headers adds nothing, because l5d-dst-override is among the headers to add already";
  const traffic = "services see what add_request_headers says";
  return [diagnose("mapping/linkerd-header-set", child(origin, "spec", "add_linkerd_headers"), message, { traffic })];
}

interface LoweredAction {
  readonly action: RouteAction;
  readonly upstream?: ClusterDecl;
  readonly diagnostics: readonly Diagnostic[];
}

function answer(action: RouteAction): LoweredAction {
  return { action, diagnostics: [] };
}

function unavailable(diagnostics: readonly Diagnostic[]): LoweredAction {
  return { action: { kind: "respond", status: 503 }, diagnostics };
}

function lowerAction(spec: MappingSpec, around: UpstreamSurroundings): LoweredAction {
  const { origin } = around;
  if (spec.host_redirect && !spec.shadow) return lowerRedirect(spec, origin);
  const upstream = lowerUpstream(spec, around);
  const stray = spec.shadow ? shadowNotes(spec, origin) : strayRedirectFields(spec, origin);
  if (!upstream.value) return unavailable([...upstream.diagnostics, ...stray]);
  const forward = lowerForward(spec, upstream.value.name, upstream.hashOn, around);
  return {
    action: forward.action,
    upstream: upstream.value,
    diagnostics: [...upstream.diagnostics, ...stray, ...forward.diagnostics],
  };
}

function lowerForward(
  spec: MappingSpec,
  cluster: ClusterName,
  hashOn: HashKey | undefined,
  { defaults, origin }: UpstreamSurroundings,
): { readonly action: Forward; readonly diagnostics: readonly Diagnostic[] } {
  const rewrite = lowerRewrite(spec);
  const priority = lowerPriority(spec);
  const retry = spec.retry_policy ? lowerRetryPolicy(spec.retry_policy) : defaults.retry;
  const action: Forward = {
    kind: "forward",
    cluster,
    ...(rewrite ? { rewrite } : {}),
    ...lowerHostRewrite(spec),
    timeoutMs: spec.timeout_ms ?? defaults.timeoutMs,
    ...(spec.idle_timeout_ms === undefined ? {} : { idleTimeoutMs: spec.idle_timeout_ms }),
    ...(priority === "high" ? { priority } : {}),
    upgrades: lowerUpgrades(spec),
    ...(hashOn ? { hashOn } : {}),
    ...(retry ? { retry } : {}),
  };
  return { action, diagnostics: [...priorityProblem(spec, origin), ...rewriteNotes(spec, origin)] };
}

/** Three states: absent means `/`, empty means "leave the path alone". */
function lowerRewrite(spec: MappingSpec): PathRewrite | undefined {
  if (spec.regex_rewrite) return { kind: "regex", ...spec.regex_rewrite };
  const to = spec.rewrite ?? "/";
  return to === "" ? undefined : { kind: "prefix", to };
}

function lowerHostRewrite(spec: MappingSpec): Pick<Forward, "hostRewrite"> {
  if (spec.host_rewrite) return { hostRewrite: { kind: "literal", value: spec.host_rewrite } };
  return spec.auto_host_rewrite ? { hostRewrite: { kind: "auto" } } : {};
}

function lowerRedirect(spec: MappingSpec, origin: Origin): LoweredAction {
  const address = parseService(spec.service);
  if (typeof address === "string") return unavailable([]);
  const { path, problems } = lowerRedirectPath(spec, origin);
  const action: Redirect = {
    kind: "redirect",
    host: address.host.includes(":") ? `[${address.host}]` : address.host,
    ...(address.port === undefined ? {} : { port: address.port }),
    ...(address.scheme === "https" ? { https: true } : {}),
    ...(path ? { path } : {}),
    status: spec.redirect_response_code ?? 301,
  };
  return { action, diagnostics: problems };
}

function lowerRedirectPath(
  spec: MappingSpec,
  origin: Origin,
): { readonly path?: PathRewrite; readonly problems: readonly Diagnostic[] } {
  const given: [string, PathRewrite][] = [];
  if (spec.path_redirect !== undefined) given.push(["path_redirect", { kind: "path", to: spec.path_redirect }]);
  if (spec.prefix_redirect !== undefined) given.push(["prefix_redirect", { kind: "prefix", to: spec.prefix_redirect }]);
  if (spec.regex_redirect !== undefined) given.push(["regex_redirect", { kind: "regex", ...spec.regex_redirect }]);
  const [first, ...others] = given;
  const problems = others.map(([field]) =>
    diagnose(
      "mapping/redirect-conflict",
      child(origin, "spec", field),
      `${field} cannot be combined with ${first?.[0]}`,
      {
        traffic: `${first?.[0]} decides the path of the redirect`,
        hint: "keep one of them",
      },
    ),
  );
  return first ? { path: first[1], problems } : { problems };
}

const redirectFields = ["path_redirect", "prefix_redirect", "regex_redirect", "redirect_response_code"] as const;

function strayRedirectFields(spec: MappingSpec, origin: Origin): readonly Diagnostic[] {
  return redirectFields
    .filter((field) => spec[field] !== undefined)
    .map((field) =>
      diagnose(
        "mapping/redirect-without-host",
        child(origin, "spec", field),
        `${field} does nothing without host_redirect: true`,
        {
          traffic: "requests are forwarded to the service",
        },
      ),
    );
}

function priorityProblem(spec: MappingSpec, origin: Origin): readonly Diagnostic[] {
  if (!spec.priority || lowerPriority(spec)) return [];
  return [
    diagnose("mapping/invalid-priority", child(origin, "spec", "priority"), `"${spec.priority}" is not a priority`, {
      traffic: "the default priority is used",
      hint: "write default or high",
    }),
  ];
}

function rewriteNotes(spec: MappingSpec, origin: Origin): readonly Diagnostic[] {
  if (spec.regex_rewrite && spec.rewrite !== undefined && spec.rewrite !== "" && spec.rewrite !== "/") {
    return [
      diagnose("mapping/two-rewrites", child(origin, "spec", "rewrite"), "rewrite is not used beside regex_rewrite", {
        traffic: "the path is rewritten by regex_rewrite",
      }),
    ];
  }
  return [];
}
