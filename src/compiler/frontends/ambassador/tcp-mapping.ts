/** LOWER of TCPMappings. */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { canonicalHost } from "#base/hostname.ts";
import { child, type Origin, refKey } from "#base/origin.ts";
import type { TCPMapping } from "../../api/index.ts";
import type { Derived, Reads } from "../../graph/graph.ts";
import type { TcpRouteDecl } from "../../ir/listener.ts";
import { lowerUpstream } from "./cluster.ts";
import { lowerRouteDefaults } from "./defaults.ts";
import type { MappingLookup } from "./mapping.ts";

const noDefaults = lowerRouteDefaults({});

const coreFields = ["circuit_breakers", "enable_ipv4", "enable_ipv6", "idle_timeout_ms", "tls"] as const;

/** Lowers a TCPMapping. */
export function lowerTcpMapping(lookup: MappingLookup): (mapping: TCPMapping, reads: Reads) => Derived<TcpRouteDecl> {
  return (mapping, reads) => {
    const { spec, ref } = mapping;
    const origin: Origin = { ref, path: "" };
    const defaults = reads.get(lookup.defaults, "") ?? noDefaults;
    const upstream = lowerUpstream(spec, { lookup, defaults, origin, reads });
    const idle = lowerIdleTimeout(spec.idle_timeout_ms, child(origin, "spec", "idle_timeout_ms"));
    const diagnostics = [...upstream.diagnostics, ...idle.diagnostics, ...deviations(spec, idle.value, origin)];
    if (!upstream.value) return { out: [], diagnostics };
    const decl: TcpRouteDecl = {
      key: refKey(ref),
      origin,
      created: mapping.created ?? "",
      address: spec.address || (reads.get(lookup.settings, "")?.bindAddress ?? "0.0.0.0"),
      port: spec.port,
      ...(spec.host ? { host: canonicalHost(spec.host) } : {}),
      upstream: upstream.value,
      ...(spec.weight === undefined ? {} : { weight: spec.weight }),
      ...(idle.value === undefined ? {} : { idleTimeoutMs: idle.value }),
      core: coreSettings(spec),
    };
    return { out: [[decl.key, decl]], diagnostics };
  };
}

/** What a TCPMapping says itself of that on which those for the same connections must agree. */
function coreSettings(spec: TCPMapping["spec"]): NonNullable<TcpRouteDecl["core"]> {
  return Object.fromEntries(coreFields.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]])));
}

function deviations(spec: TCPMapping["spec"], idle: number | undefined, origin: Origin): readonly Diagnostic[] {
  const counting = { idle_timeout_ms: idle !== undefined, stats_name: Boolean(spec.stats_name) };
  return (["idle_timeout_ms", "stats_name"] as const).flatMap((field) => {
    if (!counting[field]) return [];
    const message = `${field} of a TCPMapping counts; the old system passed over it`;
    const detail = field === "stats_name" ? {} : { traffic: "idle connections end after this time" };
    return [diagnose("compat/tcp-settings", child(origin, "spec", field), message, detail)];
  });
}

/** The field is a text by its schema, and holds milliseconds. */
function lowerIdleTimeout(
  text: string | undefined,
  at: Origin,
): { readonly value?: number; readonly diagnostics: readonly Diagnostic[] } {
  if (text === undefined || text === "") return { diagnostics: [] };
  if (/^\d{1,12}$/.test(text)) return { value: Number(text), diagnostics: [] };
  const problem = diagnose("tcp-mapping/invalid-idle-timeout", at, `"${text}" is not a number of milliseconds`, {
    traffic: "idle connections end after Envoy's own hour",
  });
  return { diagnostics: [problem] };
}
