/**
 * RawObject → resource of one kind: ours or not, validated, converted to the hub version, defaulted, verified.
 */
import { type Checked, type Diagnostic, diagnose, hasError, ok } from "#base/diagnostic.ts";
import { child, formatOrigin, formatRef, type Origin } from "#base/origin.ts";
import type { Settings } from "../settings.ts";
import { isOurs } from "./ambassador-id.ts";
import { expandEnvironment, literalVariables } from "./environment.ts";
import { generationOf, type Kind } from "./kind.ts";
import type { RawObject } from "./raw-object.ts";
import type { Resource } from "./resource.ts";
import { type ApiVersion, type Problem, type Trail, trailFrom } from "./schema/index.ts";

/** Admits an object of a kind. No value and no diagnostics: it belongs to another instance. */
export function admitKind<K extends string, Spec>(
  kind: Kind<K, Spec>,
  read: RawObject,
  settings: Settings,
): Checked<Resource<K, Spec>> {
  const raw = expandEnvironment(read, settings.expandEnv);
  if (!isOurs(raw.body.spec, settings.ambassadorId)) return { diagnostics: [] };
  const version = kind.versions.find((v) => v === raw.version);
  if (version === undefined) return { diagnostics: [unsupportedVersion(kind, raw)] };
  const trail = trailFrom("spec");
  const checked = kind.checks[generationOf(version)](raw.body.spec ?? {}, trail);
  const at: Origin = { ref: raw.ref, path: "" };
  const diagnostics = problemDiagnostics(kind, trail, at);
  diagnostics.push(...literalVariables(read, settings));
  for (const key of Object.keys(raw.body)) if (!topLevel.has(key)) diagnostics.push(strayField(key, at));
  if (hasError(diagnostics)) return { diagnostics };
  const spec = kind.fill(generationOf(version) === "old" ? kind.toHub(checked) : checked) as Spec;
  diagnostics.push(...(kind.verify?.(spec, child(at, "spec"), version) ?? []));
  if (kind.notYet !== undefined) diagnostics.push(notYetKind(kind, at, kind.notYet));
  if (hasError(diagnostics) && kind.notYet === undefined) return { diagnostics };
  return ok(resourceOf(kind.kind, raw, version, kind.settle?.(spec, version) ?? spec), diagnostics);
}

const topLevel = new Set(["spec", "status"]);

/** The resource with this spec. */
export function resourceOf<K extends string, Spec>(
  kind: K,
  raw: RawObject,
  version: ApiVersion,
  spec: Spec,
): Resource<K, Spec> {
  return {
    kind,
    ref: raw.ref,
    version,
    labels: raw.labels,
    ...(raw.created === undefined ? {} : { created: raw.created }),
    ...(raw.within === undefined ? {} : { within: raw.within }),
    spec,
  };
}

/** The object is of a version that its kind does not have. */
export function unsupportedVersion(kind: Pick<Kind, "kind" | "versions">, raw: RawObject): Diagnostic {
  return diagnose(
    "object/unsupported-version",
    { ref: raw.ref, path: ".apiVersion" },
    `${raw.ref.kind} has no version ${JSON.stringify(raw.version.slice(0, 40))}`,
    { traffic: unused(raw), hint: `its versions are ${kind.versions.join(", ")}` },
  );
}

function unused(raw: Pick<RawObject, "ref">): string {
  return `${formatRef(raw.ref)} is not used; if it was good before, that version of it goes on`;
}

/** What validation found, as diagnostics; `traffic` is what an invalid value causes. */
export function problemDiagnostics(
  kind: Pick<Kind, "feature">,
  trail: Trail,
  root: Origin,
  traffic?: string,
): Diagnostic[] {
  if (trail.problems.length === 0) return [];
  const effect = traffic ?? unused(root);
  const found = trail.problems.map((problem) => problemDiagnostic(kind, problem, root, effect));
  if (trail.omitted === 0) return found;
  return [...found, diagnose("object/more-problems", root, `${trail.omitted} more problems are not shown`)];
}

function problemDiagnostic(kind: Pick<Kind, "feature">, problem: Problem, root: Origin, traffic: string): Diagnostic {
  const at = child(root, ...problem.steps);
  const hint = problem.hint === undefined ? {} : { hint: problem.hint };
  const because = problem.message === "" ? "" : `: ${problem.message}`;
  switch (problem.kind) {
    case "invalid":
      return diagnose("object/invalid-field", at, `${at.path}: ${problem.message}`, { traffic, ...hint });
    case "unknown":
      return diagnose("object/unknown-field", at, `${root.ref.kind} has no field ${at.path}`, {
        traffic: "the field has no effect; the rest of the object is used",
        ...hint,
      });
    case "notYet":
      return diagnose(`${kind.feature}/not-yet-supported`, at, `${at.path} is not supported yet${because}`, {
        traffic: "the object is used as if the field were not there",
      });
    case "ignored":
      return diagnose("object/ignored-field", at, `${at.path} has no effect${because}`);
  }
}

function strayField(key: string, root: Origin): Diagnostic {
  const at = child(root, key);
  return diagnose("object/unknown-field", at, `${formatOrigin(at)} is not a field of this kind`, {
    traffic: "the field has no effect; the rest of the object is used",
    hint: "put settings under spec",
  });
}

function notYetKind(kind: Pick<Kind, "feature" | "kind">, at: Origin, traffic: string): Diagnostic {
  return diagnose(`${kind.feature}/not-yet-supported`, at, `${kind.kind} is not supported yet`, { traffic });
}
