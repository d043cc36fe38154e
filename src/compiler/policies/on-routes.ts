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
import type { InstanceLabels } from "./policy.ts";

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
): Checked<Uses> {
  const own = collect(({ route }) => [route.lower(spec, at, labels), route.reach]);
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
  const asked = onRoutes.filter(({ name }) => settings[name] !== undefined);
  return Object.fromEntries(asked.map(({ name, filter, route }) => [filter, route.emit(settings[name])]));
}

/** EMIT: the configuration of filters on redirects from http to https. */
export function emitToHttpsPolicies(): Record<string, Any> {
  const differing = onRoutes.filter(({ route }) => route.toHttps !== undefined);
  return Object.fromEntries(differing.map(({ filter, route }) => [filter, route.emit(route.toHttps)]));
}
