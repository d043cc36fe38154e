/**
 * In which version an object of a cluster was written, which decides what its fields mean.
 * The API server shows an object in whatever version it is asked for. Where a webhook converts, it is stored as v2 in
 * v2's form; where none does, it is stored in the form in which it was written, and only called v2. What was not
 * converted is told by the API server's own notes about who wrote which fields (`metadata.managedFields`).
 */
import { hubOnlyPrefix } from "./ambassador-id.ts";
import { ambassadorGroup } from "./kinds.ts";
import { isRecord } from "./schema/index.ts";

type Fields = Readonly<Record<string, unknown>>;

/** How an object was read. */
export interface Shown {
  readonly group: string;
  readonly version: string;
}

/** The version whose form an object has that was read so. */
export function writtenVersion({ group, version }: Shown, metadata: Fields, spec: unknown): string {
  if (group !== ambassadorGroup || version === "v3alpha1" || wasConverted(spec)) return version;
  const writers = Array.isArray(metadata["managedFields"]) ? metadata["managedFields"].filter(isWriter) : [];
  const last = writers.map(writing).toSorted().at(-1);
  return last?.split(" ")[1] ?? version;
}

/** Whoever converted a v3alpha1 object to v2 has marked it, lest a system that knows v2 only take it for its own. */
function wasConverted(spec: unknown): boolean {
  const ids = isRecord(spec) ? spec["ambassador_id"] : undefined;
  return Array.isArray(ids) && ids.some((id) => typeof id === "string" && id.startsWith(hubOnlyPrefix));
}

/** Somebody who wrote fields of the object, or with kubectl all of it; not a status, nor a label alone. */
function isWriter(entry: unknown): entry is Fields {
  if (!isRecord(entry) || !isRecord(entry["fieldsV1"])) return false;
  if (entry["subresource"] !== undefined && entry["subresource"] !== "") return false;
  if (!String(entry["apiVersion"]).startsWith(`${ambassadorGroup}/`)) return false;
  return "f:spec" in entry["fieldsV1"] || hasApplied(entry["fieldsV1"]);
}

/** kubectl notes the manifest that it applied, even when nothing else of it is new. */
function hasApplied({ "f:metadata": metadata }: Fields): boolean {
  const annotations = isRecord(metadata) ? metadata["f:annotations"] : undefined;
  return isRecord(annotations) && "f:kubectl.kubernetes.io/last-applied-configuration" in annotations;
}

/** A time and a version, in an order in which the last one counts. */
function writing({ time, apiVersion }: Fields): string {
  return `${String(time ?? "")} ${String(apiVersion).split("/")[1] ?? ""}`;
}
