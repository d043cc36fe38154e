/** LOWER of what an Ingress wants matched: its rules' paths and its default backend, and what is wrong with them. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { HostGlob } from "#base/hostname.ts";
import { child, type Origin } from "#base/origin.ts";
import { type Ingress, type IngressBackend, type IngressPath, legacyPathsAnnotation } from "../../api/index.ts";
import { invalidHost, isPath, lowerHostName } from "../ingress-names.ts";
import { defaultMatch, type LoweredMatch, lowerMatch } from "./match.ts";

/** One thing to match, and where its requests go. */
export interface Wanted extends LoweredMatch {
  readonly name: string;
  readonly origin: Origin;
  readonly hostsPath: string;
  readonly backend: IngressBackend | undefined;
}

/** Everything that an Ingress wants matched, each match once. */
export interface WantedPaths {
  readonly wanted: readonly Wanted[];
  readonly isLegacy: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** What an Ingress wants matched. */
export function wantedPaths(ingress: Ingress): WantedPaths {
  const { spec, ref } = ingress;
  const origin: Origin = { ref, path: "" };
  const { isLegacy, diagnostics: found } = legacyPaths(ingress);
  const diagnostics = [...found];
  const wanted = new Map<string, Wanted>();
  const add = (one: Wanted): void => {
    const first = wanted.get(one.matchKey);
    if (first) diagnostics.push(duplicatePath(one, first));
    else wanted.set(one.matchKey, one);
  };
  spec.rules.forEach((rule, i) => {
    const at = child(origin, "spec", "rules", i);
    const glob = lowerHostName(rule.host ?? "");
    if (!glob) diagnostics.push(invalidHost(child(at, "host"), rule.host ?? "", "none of the rule's paths is served"));
    else for (const one of rulePaths({ rule, i, glob }, { ref, isLegacy }, diagnostics)) add(one);
  });
  const { defaultBackend: backend } = spec;
  if (backend) {
    const at = child(origin, "spec", "defaultBackend");
    add({ ...defaultMatch(`${ref.name}.${ref.namespace}`), name: "default", origin: at, hostsPath: at.path, backend });
  }
  const isIdle = spec.rules.every(({ paths }) => paths.length === 0) && !backend;
  return { wanted: [...wanted.values()], isLegacy, diagnostics: isIdle ? [...diagnostics, idle(origin)] : diagnostics };
}

interface PlacedRule {
  readonly rule: Ingress["spec"]["rules"][number];
  readonly i: number;
  readonly glob: HostGlob;
}

function* rulePaths(
  { rule: { host, paths }, i, glob }: PlacedRule,
  { ref, isLegacy }: { readonly ref: Ingress["ref"]; readonly isLegacy: boolean },
  diagnostics: Diagnostic[],
): Iterable<Wanted> {
  const rule: Origin = { ref, path: `.spec.rules[${i}]` };
  for (const [j, path] of paths.entries()) {
    const origin = child(rule, "http", "paths", j);
    diagnostics.push(...pathProblems(path, origin));
    if (!isPath(path.path)) continue;
    const name = `${i}-${j}`;
    const hostsPath = host === undefined ? rule.path : `${rule.path}.host`;
    const match = lowerMatch(glob, path, isLegacy, `${ref.name}-${name}.${ref.namespace}`);
    yield { ...match, name, origin, hostsPath, backend: path.backend };
  }
}

const pathTypes: readonly string[] = ["Exact", "Prefix", "ImplementationSpecific"];

function pathProblems({ path, pathType }: IngressPath, at: Origin): readonly Diagnostic[] {
  const traffic = "it is not served: its requests go where other paths send them";
  const hint = "write a path that begins with a slash, with other characters than ASCII's percent-encoded";
  const message = `${JSON.stringify(path)} is not a path that a request can have`;
  if (!isPath(path)) return [diagnose("ingress/invalid-path", child(at, "path"), message, { traffic, hint })];
  if (pathTypes.includes(pathType)) return [];
  return [
    diagnose("ingress/unknown-path-type", child(at, "pathType"), `"${pathType}" is not a type of path`, {
      traffic: "it is taken for ImplementationSpecific: every path that begins with this text",
      hint: `write ${pathTypes.join(", ")}`,
    }),
  ];
}

/** Whether the paths of old are asked for, and the word to those who get the new ones. */
function legacyPaths({ spec, ref }: Ingress): {
  readonly isLegacy: boolean;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { legacyPaths: asked = "false", rules } = spec;
  if (asked === "true") return { isLegacy: true, diagnostics: [] };
  const at = { ref, path: `.metadata.annotations["${legacyPathsAnnotation}"]` };
  const traffic = "paths are sent on as they are, and Prefix counts whole segments";
  const diagnostics: Diagnostic[] = [];
  if (asked !== "false") {
    const message = `${JSON.stringify(asked)} is neither true nor false`;
    diagnostics.push(diagnose("ingress/invalid-annotation", at, message, { traffic, hint: 'write "true" or "false"' }));
  }
  if (rules.some(({ paths }) => paths.some(({ path }) => path !== "/"))) {
    const message = "the old system cut the matched path off before it sent requests on, and matched Prefix as text";
    const hint = `annotate it with ${legacyPathsAnnotation}: "true" to have that back`;
    diagnostics.push(diagnose("compat/ingress-paths", { ref, path: ".spec.rules" }, message, { traffic, hint }));
  }
  return { isLegacy: false, diagnostics };
}

function duplicatePath({ origin }: Wanted, first: Wanted): Diagnostic {
  return diagnose("ingress/duplicate-path", origin, "it matches the same requests as an earlier path of the Ingress", {
    traffic: "all of these requests go by the earlier one",
    hint: "delete one of the two",
    related: [{ at: first.origin, message: "matches them first" }],
  });
}

function idle(at: Origin): Diagnostic {
  return diagnose("ingress/nothing-to-serve", at, "it has neither a path nor a default backend", {
    traffic: "no request reaches it",
  });
}
