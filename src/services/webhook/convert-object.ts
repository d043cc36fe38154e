/**
 * One custom resource in one version → the same in another, as a conversion webhook must: metadata and status stay.
 * What was stored while nothing converted has the form of the version that it was written in, whatever the API server
 * calls it, and is converted from that.
 */
import { convertSpec } from "../../compiler/api/conversion.ts";
import { generationOf, type Kind } from "../../compiler/api/kind.ts";
import { ambassadorGroup, ambassadorKind } from "../../compiler/api/kinds.ts";
import { type ApiVersion, isRecord, trailFrom } from "../../compiler/api/schema/index.ts";
import { storableVersions } from "../../compiler/api/stored-versions.ts";
import { writtenVersion } from "../../compiler/api/written-version.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What came of an object. */
export type Converted = { readonly object: Fields } | { readonly why: string };

/** Converts an object; `desired` is `group/version`. */
export function convertObject(object: unknown, desired: string): Converted {
  if (!isRecord(object)) return { why: "it is not an object" };
  const { apiVersion, kind: name } = object;
  if (typeof apiVersion !== "string" || typeof name !== "string") return { why: "it has no apiVersion or no kind" };
  const [group = "", version = ""] = apiVersion.split("/");
  const kind = ambassadorKind(group, name);
  if (group !== ambassadorGroup || kind === undefined) return { why: `there is no kind ${name} in ${group}` };
  const shown = versionOf(kind, apiVersion);
  const target = versionOf(kind, desired);
  if (shown === undefined) return { why: `${name} has no version ${apiVersion}` };
  if (target === undefined) return { why: `${name} has no version ${desired}` };
  if (!isRecord(object["spec"])) return { object: { ...object, apiVersion: desired } };
  const metadata = isRecord(object["metadata"]) ? object["metadata"] : {};
  const written = versionOf(kind, `${group}/${writtenVersion({ group, version }, metadata, object["spec"])}`) ?? shown;
  try {
    return { object: { ...object, apiVersion: desired, spec: convertSpec(kind, object["spec"], written, target) } };
  } catch (error) {
    // Only what its version's schema allows can be converted for sure.
    const why = problemOf(kind, object["spec"], written);
    if (why === undefined) throw error;
    return { why };
  }
}

function problemOf(kind: Kind, spec: unknown, version: ApiVersion): string | undefined {
  const trail = trailFrom("spec");
  kind.checks[generationOf(version)](spec, trail);
  const problem = trail.problems.find((one) => one.kind === "invalid");
  return problem && `.${problem.steps.join(".")}: ${problem.message}`;
}

function versionOf(kind: Kind, apiVersion: string): ApiVersion | undefined {
  return storableVersions(kind).find((version) => apiVersion === `${ambassadorGroup}/${version}`);
}
