/**
 * The policies on single routes: what a Mapping asks of them, with the Module's word where it says nothing, and what
 * Envoy is told of it.
 */
import type { Any } from "@bufbuild/protobuf/wkt";
import type { Checked, Diagnostic } from "#base/diagnostic.ts";
import type { Origin } from "#base/origin.ts";
import type { MappingSpec, ModuleConfig } from "../api/index.ts";
import type { PolicyUse } from "../ir/route.ts";
import { policies } from "./index.ts";
import type { InstanceLabels, NamedAuthService } from "./policy.ts";

type Uses = Readonly<Record<string, PolicyUse>>;

const onRoutes = policies.flatMap(({ name, filter, route }) => (route ? [{ name, filter, route }] : []));

/** What holds for policies on all routes. */
export interface InstancePolicies {
  readonly defaults?: Uses;
  readonly labels?: InstanceLabels;
}

/** LOWER: what a Mapping asks of policies. No value: nothing of any. */
export function lowerRoutePolicies(
  spec: MappingSpec,
  { defaults, labels }: InstancePolicies = {},
  at: Origin,
  authService?: NamedAuthService,
): Checked<Uses> {
  const around = { ...(labels ? { labels } : {}), ...(authService ? { authService } : {}) };
  const own = collect(({ route }) => [route.lower(spec, at, around), route.reach]);
  return own.value
    ? { ...own, value: { ...defaults, ...own.value } }
    : { ...own, ...(defaults && { value: defaults }) };
}

/** LOWER: what the Module asks of policies for all Mappings that say nothing. */
export function lowerPolicyDefaults(config: ModuleConfig, at: Origin): Checked<Uses> {
  return collect(({ route }) => [route.lowerDefault?.(config, at) ?? { diagnostics: [] }, "default"]);
}

function collect(
  lower: (policy: (typeof onRoutes)[number]) => readonly [Checked<unknown>, PolicyUse["reach"]],
): Checked<Uses> {
  const uses: [string, PolicyUse][] = [];
  const diagnostics: Diagnostic[] = [];
  for (const policy of onRoutes) {
    const [asked, reach] = lower(policy);
    diagnostics.push(...asked.diagnostics);
    if (asked.value !== undefined) uses.push([policy.name, { settings: asked.value, reach }]);
  }
  return uses.length === 0 ? { diagnostics } : { value: Object.fromEntries(uses), diagnostics };
}

/** EMIT: a route's configuration of filters, by the filters' names. */
export function emitRoutePolicies(settings: Readonly<Record<string, unknown>>): Record<string, Any> {
  return ofAsked(settings, ({ filter, route }, own) => [filter, route.emit(own)]);
}

/** EMIT: the words in a route's metadata that tell slots what to do, by policy; no value: none. */
export function emitRouteMarks(settings: Readonly<Record<string, unknown>>): Record<string, string> | undefined {
  const marks = ofAsked(settings, ({ name, route }, own) => [name, route.mark?.(own)]);
  return Object.keys(marks).length > 0 ? marks : undefined;
}

function ofAsked<T>(
  settings: Readonly<Record<string, unknown>>,
  emit: (policy: (typeof onRoutes)[number], own: unknown) => readonly [string, T | undefined],
): Record<string, T> {
  const asked = onRoutes.filter(({ name }) => settings[name] !== undefined);
  const emitted = asked.map((policy) => emit(policy, settings[policy.name]));
  return Object.fromEntries(emitted.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

/** EMIT: the configuration of filters on redirects from http to https. */
export function emitToHttpsPolicies(): Record<string, Any> {
  return emitRoutePolicies(Object.fromEntries(onRoutes.map(({ name, route }) => [name, route.toHttps])));
}
