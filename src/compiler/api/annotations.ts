/**
 * The resources that are written in the `getambassador.io/config` annotation of a Service or an Ingress, in the flat
 * form of old (`name`, `prefix` … beside `kind`), in the full form, or mixed. Part of ADMIT: gives RawObjects, which
 * are judged like any other.
 */
import { type Checked, type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin, type ResourceRef } from "#base/origin.ts";
import type { RawObject } from "./raw-object.ts";
import { isRecord } from "./schema/index.ts";
import { typeName } from "./schema/problem.ts";
import { type Documents, loadDocuments } from "./yaml.ts";

/** The annotation that holds resources. */
export const configAnnotation = "getambassador.io/config";

/**
 * The resources in an object's annotation, in the order in which they are written. A syntax error anywhere loses the
 * whole annotation, as it always did; a document that is not a resource loses only itself.
 * `ownNamespace` is what the namespace `_automatic_` stands for; by default the namespace of the object.
 */
export function unfoldAnnotations(
  parent: RawObject,
  ownNamespace: string = parent.ref.namespace,
): Checked<readonly RawObject[]> {
  const text = carriers.has(parent.ref.kind) ? parent.annotations[configAnnotation] : undefined;
  if (text === undefined || text.trim() === "") return nothing;
  const at = child({ ref: parent.ref, path: ".metadata.annotations" }, configAnnotation);
  const documents = loadDocuments(text);
  if (documents.kind !== "documents") return { value: [], diagnostics: [unreadable(documents, at)] };
  const objects: RawObject[] = [];
  const diagnostics: Diagnostic[] = documents.duplicateKeys ? [duplicateKeys(at)] : [];
  for (const [index, value] of documents.values.entries()) {
    if (value === null || value === undefined) continue;
    const object = unfold(value, parent, ownNamespace);
    if (typeof object === "string") diagnostics.push(invalid(object, index + 1, at));
    else objects.push(object);
  }
  return { value: objects, diagnostics };
}

const carriers: ReadonlySet<string> = new Set(["Service", "Ingress"]);
const nothing: Checked<readonly RawObject[]> = { value: [], diagnostics: [] };

/** The object that a document describes, or what is wrong with it. */
function unfold(document: unknown, parent: RawObject, ownNamespace: string): RawObject | string {
  if (!isRecord(document)) return `it is a ${typeName(document).split(" ")[0]}, not a resource with fields`;
  const { apiVersion, kind, metadata = {}, spec = {}, status, ...flat } = document;
  if (typeof kind !== "string" || kind === "") return "it has no kind";
  const version = typeof apiVersion === "string" ? versionOf(apiVersion) : undefined;
  if (version === undefined) return `its apiVersion is not one of getambassador.io or ambassador`;
  if (metadata !== null && !isRecord(metadata)) return "its metadata is not an object";
  if (spec !== null && !isRecord(spec)) return "its spec is not an object";
  const { name, namespace, generation: _, metadata_labels, ...settings } = flat;
  const full = { ...metadata, ...given({ name, namespace, labels: metadata_labels }) };
  const ref = refOf(version.group, kind, full, parent, ownNamespace);
  if (typeof ref === "string") return ref;
  if (full.labels !== undefined && !isTexts(full.labels)) return "its labels are not texts";
  const body = { spec: { ...spec, ...settings }, ...(status === undefined ? {} : { status }) };
  const { created } = parent;
  return {
    ref,
    version: version.version,
    labels: labelsOf(full.labels, parent),
    annotations: {},
    ...(created === undefined ? {} : { created }),
    body,
    within: parent.ref,
  };
}

function given(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

function versionOf(apiVersion: string): { readonly group: string; readonly version: string } | undefined {
  const match = /^(ambassador|getambassador\.io|x\.getambassador\.io)\/(\w{1,20})$/.exec(apiVersion);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  // What getambassador.io was called before there were custom resources.
  return { group: match[1] === "ambassador" ? "getambassador.io" : match[1], version: match[2] };
}

function refOf(
  group: string,
  kind: string,
  metadata: Readonly<Record<string, unknown>>,
  parent: RawObject,
  ownNamespace: string,
): ResourceRef | string {
  const { name, namespace = parent.ref.namespace } = metadata;
  if (name === undefined) return "it has no name";
  // Annotations never passed an API server, so names were free: `quote_mapping`, `Quote`, `404`.
  const text = typeof name === "number" ? String(name) : name;
  if (typeof text !== "string" || !/^[\x21-\x7e]([\x20-\x7e]{0,251}[\x21-\x7e])?$/.test(text))
    return "its name is not a possible one";
  if (typeof namespace !== "string" || !/^[\w.-]{1,253}$/.test(namespace)) return "its namespace is not a possible one";
  return { group, kind, namespace: namespace === "_automatic_" ? ownNamespace : namespace, name: text };
}

/** Own labels, or those of the object that holds the annotation when there are none at all. */
function labelsOf(labels: unknown, parent: RawObject): Readonly<Record<string, string>> {
  if (!isRecord(labels)) return parent.labels;
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}

/** YAML takes some unquoted labels for numbers or booleans. */
function isTexts(labels: unknown): boolean {
  return isRecord(labels) && Object.values(labels).every((value) => typeof value !== "object");
}

function unreadable(bad: Exclude<Documents, { kind: "documents" }>, at: Origin): Diagnostic {
  const traffic = "none of the resources in this annotation is used; those that were good before go on";
  if (bad.kind === "too-large")
    return diagnose("annotation/too-large", at, `the annotation is not read: ${bad.reason}`, { traffic });
  const message = `the annotation is not YAML: ${bad.reason} (line ${bad.line}, column ${bad.column} of the annotation)`;
  return diagnose("annotation/syntax", at, message, { traffic });
}

function duplicateKeys(at: Origin): Diagnostic {
  return diagnose("annotation/duplicate-key", at, "a field is given more than once in the same object", {
    traffic: "the last one counts",
  });
}

function invalid(reason: string, number: number, at: Origin): Diagnostic {
  return diagnose("annotation/invalid-document", at, `document ${number} of the annotation is not used: ${reason}`, {
    traffic: "the other documents of the annotation are used",
  });
}
