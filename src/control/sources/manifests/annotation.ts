/**
 * Which objects are written in the `getambassador.io/config` annotations, and where in them: only for positions.
 * The objects themselves are unfolded by the compiler, by the same rules of identity.
 */

import { type Fields, isFields } from "#base/fields.ts";
import { type ResourceRef, refKey } from "#base/origin.ts";
import { configAnnotation, type RawObject } from "#compiler";
import { identify } from "./identity.ts";
import { type DocumentText, splitDocuments } from "./split.ts";
import { loadDocument } from "./yaml.ts";

/** An object that carries the annotation. */
export type AnnotationHost = Pick<RawObject, "ref" | "annotations">;

/** One document of an annotation. */
export interface AnnotationDocument {
  readonly host: { readonly ref: ResourceRef };
  readonly document: DocumentText;
  readonly flat: boolean;
}

/** The documents of hosts that were read before, each with the `refKey` of its object. */
export type AnnotationCache = WeakMap<AnnotationHost, readonly (readonly [key: string, AnnotationDocument])[]>;

/** The documents of all annotations, by the `refKey` of the object that each holds; the first one of each counts. */
export function readAnnotations(
  hosts: Iterable<AnnotationHost>,
  cache: AnnotationCache,
): ReadonlyMap<string, AnnotationDocument> {
  const found = new Map<string, AnnotationDocument>();
  for (const host of hosts) {
    const documents = cache.get(host) ?? [...readHost(host)];
    cache.set(host, documents);
    for (const [key, document] of documents) if (!found.has(key)) found.set(key, document);
  }
  return found;
}

function* readHost(host: AnnotationHost): Generator<readonly [key: string, AnnotationDocument]> {
  for (const document of splitDocuments(host.annotations[configAnnotation] ?? "")) {
    const loaded = loadDocument(document.text);
    if (loaded.kind !== "value" || !isFields(loaded.value)) continue;
    const { ref, flat = false } = identifyWithin(loaded.value, host.ref.namespace);
    if (ref !== undefined) yield [refKey(ref), { host, document, flat }];
  }
}

/** In annotations, the flat form and the one with metadata may be mixed: the name may stand in either place. */
function identifyWithin(fields: Fields, namespace: string): { readonly ref?: ResourceRef; readonly flat?: boolean } {
  const { metadata, ...rest } = fields;
  if (isFields(metadata) && metadata["name"] !== undefined) return identify(fields, namespace);
  return identify(isFields(metadata) ? { ...metadata, ...rest } : rest, namespace);
}
