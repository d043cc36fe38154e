/**
 * An object whose identity is settled → its RawObject.
 * Of metadata, only labels, annotations and creationTimestamp are read beside the identity: everything else there
 * (uid, resourceVersion, managedFields, ownerReferences, …) changes without changing what is asked for.
 * `kubectl`'s copy of the last applied manifest is left out of the annotations, because it repeats the object, secrets
 * included.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { type Fields, isFields } from "#base/fields.ts";
import { intern } from "#base/intern.ts";
import { child, type Origin } from "#base/origin.ts";
import type { RawObject } from "#compiler";
import { type KnownIdentity, quote } from "./identity.ts";

/** The object, once its identity is known, with remarks on labels and annotations that are no text. */
export function toRawObject(
  fields: Fields,
  identity: KnownIdentity,
): { readonly value: RawObject; readonly diagnostics: readonly Diagnostic[] } {
  const { ref, version, flat } = identity;
  const diagnostics: Diagnostic[] = [];
  const origin: Origin = { ref, path: "" };
  const metadata = flat || !isFields(fields["metadata"]) ? {} : fields["metadata"];
  const labels = flat
    ? readTexts(fields["metadata_labels"], origin, ["metadata_labels"], diagnostics)
    : readTexts(metadata["labels"], origin, ["metadata", "labels"], diagnostics);
  const annotations = readTexts(metadata["annotations"], origin, ["metadata", "annotations"], diagnostics);
  const created = readTime(metadata["creationTimestamp"], origin, diagnostics);
  const body = detach(flat ? flatBody(fields) : bodyOf(fields));
  return {
    value: { ref, version, labels, annotations, ...(created === undefined ? {} : { created }), body },
    diagnostics,
  };
}

/** A copy that holds no part of the file's text, as what is cut out of a text does, and no more room than it needs. */
function detach<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/** One empty object for all spares memory where there are many. */
const none = {};

/** Labels are at most so long, and many of them alike. */
const maxLabel = 63;

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

function readTexts(
  value: unknown,
  origin: Origin,
  steps: readonly string[],
  diagnostics: Diagnostic[],
): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return none;
  const at = () => child(origin, ...steps);
  if (!isFields(value)) {
    diagnostics.push(
      diagnose("manifest/bad-metadata", at(), "this must be an object whose values are text; it is not used"),
    );
    return none;
  }
  const texts: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    if (name === lastApplied) continue;
    if (typeof text === "string") texts[name] = text.length <= maxLabel ? intern(text) : detach(text);
    else if (text === null || typeof text === "object") {
      diagnostics.push(diagnose("manifest/bad-metadata", child(at(), name), "the value is not text; it is not used"));
    } else {
      texts[name] = String(text);
      const hint = "put it in quotes: an API server would refuse it";
      diagnostics.push(
        diagnose(
          "manifest/bad-metadata",
          child(at(), name),
          `the value is not text; it is taken as ${quote(String(text))}`,
          { hint },
        ),
      );
    }
  }
  return texts;
}

function readTime(value: unknown, origin: Origin, diagnostics: Diagnostic[]): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value)))
    return intern(value);
  const at = child(origin, "metadata", "creationTimestamp");
  const message = "this is not a time of the form 2026-01-31T12:00:00Z; it is not used";
  diagnostics.push(diagnose("manifest/bad-metadata", at, message));
  return undefined;
}

function bodyOf(fields: Fields): Fields {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...body } = fields;
  return body;
}

function flatBody(fields: Fields): Fields {
  const {
    name: _name,
    namespace: _namespace,
    generation: _generation,
    metadata_labels: _labels,
    spec,
    status,
    ...rest
  } = bodyOf(fields);
  const merged = { ...(isFields(spec) ? spec : {}), ...rest };
  return { spec: merged, ...(status === undefined ? {} : { status }) };
}
