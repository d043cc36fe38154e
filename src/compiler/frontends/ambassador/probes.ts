/**
 * LOWER of the Module's `diagnostics`, `liveness_probe` and `readiness_probe`: routes to this instance's own admin
 * interface on every Host. They are Mappings that nobody wrote, so they pass through the same admission and lowering;
 * what is said of them is said of the Module's field.
 */
import { type Diagnostic, diagnose, hasError } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { admit, type Mapping, type ModuleConfig, type RawObject } from "../../api/index.ts";
import type { Collection, Derived, Reads } from "../../graph/graph.ts";
import type { RouteDecl } from "../../ir/route.ts";
import type { Settings } from "../../settings.ts";
import { lowerMapping, type MappingLookup } from "./mapping.ts";
import { moved } from "./moved.ts";

/** What the routes are made from. */
export interface ProbeLookup extends MappingLookup {
  readonly moduleSettings: Collection<{ readonly config: ModuleConfig; readonly at: Origin }>;
}

const probes = [
  { field: "diagnostics", name: "internal_diagnostics_probe_mapping", path: "/ambassador/v0/" },
  { field: "liveness_probe", name: "internal_liveness_probe_mapping", path: "/ambassador/v0/check_alive" },
  { field: "readiness_probe", name: "internal_readiness_probe_mapping", path: "/ambassador/v0/check_ready" },
] as const;

type Probe = (typeof probes)[number];
type ProbeConfig = NonNullable<ModuleConfig["diagnostics"]>;

const noRoute = "there is no route for it";

/** Never the name of this machine: the admin interface must not take a request that came through Envoy for a local one. */
const proxiedHost = "proxied.invalid";

/** The routes of the probes; the user's object takes the place of the default as a whole. */
export function lowerProbes(lookup: ProbeLookup): (reads: Reads) => Derived<RouteDecl> {
  const lower = lowerMapping(lookup);
  return (reads) => {
    const settings = reads.get(lookup.settings, "");
    if (!settings) return { out: [] };
    const module = reads.get(lookup.moduleSettings, "");
    const results = probes.map((probe): Derived<RouteDecl> => {
      const given = module?.config[probe.field];
      const at = child(module?.at ?? { ref: moduleRef(settings), path: ".spec.config" }, probe.field);
      const { enabled, ...rest } = given ?? { enabled: true };
      if (enabled !== true) return { out: [], diagnostics: enabled === undefined ? [switchedOff(at)] : [] };
      const service = rest.service ?? settings.adminAddress;
      if (service === undefined) return { out: [], diagnostics: given ? [nothingAnswers(at)] : [] };
      const raw = rawProbe(probe, { ...rest, service }, rest.service === undefined, settings);
      return lowerProbe(raw, settings, at, (mapping) => lower({ mapping }, reads, `internal/${probe.name}`));
    });
    return {
      out: results.flatMap(({ out }) => [...out]),
      diagnostics: results.flatMap((one) => one.diagnostics ?? []),
    };
  };
}

/** The Mapping that nobody wrote. */
function rawProbe(
  { name, path }: Probe,
  { prefix = path, rewrite = path, service }: ProbeConfig,
  isOurs: boolean,
  { namespace }: Settings,
): RawObject {
  const own = isOurs ? { host_rewrite: proxiedHost, bypass_auth: path !== "/ambassador/v0/" } : {};
  const spec = { hostname: "*", prefix, rewrite, service, timeout_ms: 10_000, ...own };
  const ref = { group: "getambassador.io", kind: "Mapping", namespace, name };
  return { ref, version: "v3alpha1", labels: {}, annotations: {}, body: { spec } };
}

function lowerProbe(
  raw: RawObject,
  settings: Settings,
  at: Origin,
  lower: (mapping: Mapping) => Derived<RouteDecl>,
): Derived<RouteDecl> {
  const ours = { ...settings, ambassadorId: "default", expandEnv: {}, envNames: [] };
  const { value, diagnostics } = admit(raw, ours);
  const said = diagnostics.map((diagnostic): Diagnostic => {
    const moved = onModule(diagnostic, at);
    return diagnostic.severity === "error" ? { ...moved, traffic: noRoute } : moved;
  });
  if (value?.kind !== "Mapping" || hasError(diagnostics)) return { out: [], diagnostics: said };
  const lowered = lower(value);
  const out = [...lowered.out].map(([key, decl]) => [key, placed(decl, at)] as const);
  return { out, diagnostics: [...said, ...(lowered.diagnostics ?? []).map((one) => onModule(one, at))] };
}

/** Beside a Mapping for the very same requests it comes last, instead of sharing them. */
function placed(decl: RouteDecl, at: Origin): RouteDecl {
  const upstream = decl.upstream && { ...decl.upstream, origin: child(at, "service") };
  return {
    ...decl,
    origin: at,
    everywhere: true,
    matchKey: `${decl.key} ${decl.matchKey}`,
    order: { ...decl.order, tie: "" },
    ...(upstream ? { upstream } : {}),
  };
}

function moduleRef({ namespace }: Settings): RawObject["ref"] {
  return { group: "getambassador.io", kind: "Module", namespace, name: "ambassador" };
}

function onModule(diagnostic: Diagnostic, at: Origin): Diagnostic {
  return moved(diagnostic, { ref: at.ref, path: at.path + diagnostic.at.path.replace(/^\.spec/, "") });
}

function switchedOff(at: Origin): Diagnostic {
  return diagnose("module/probe-off", at, "it does not say enabled: true, so it is switched off", {
    traffic: noRoute,
    hint: "add enabled: true, or write enabled: false",
  });
}

function nothingAnswers(at: Origin): Diagnostic {
  return diagnose("module/probe-without-service", at, "there is no admin interface that could answer, and no service", {
    traffic: noRoute,
    hint: "give it a service, or run with --admin-port",
  });
}
