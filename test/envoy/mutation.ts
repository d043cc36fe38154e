/**
 * Every way to remove or change one field of an object, for finding out which fields no case notices.
 */
import type { RawObject } from "#compiler";

/** An object with one field different. */
export interface Mutation {
  /** `Mapping v2 .spec.hosts[]`: the same for all objects that have the field. */
  readonly field: string;
  readonly how: "removed" | "changed";
  readonly object: RawObject;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** All mutations of one object: of its labels, its annotations and everything below its body. */
export function* mutationsOf(object: RawObject): Iterable<Mutation> {
  const title = `${object.ref.kind} ${object.version} `;
  const parts = [
    [object.body as Json, "", (body: Json) => ({ ...object, body: body as RawObject["body"] })],
    [object.labels, ".metadata.labels", (labels: Json) => ({ ...object, labels: labels as RawObject["labels"] })],
    [
      object.annotations,
      ".metadata.annotations",
      (annotations: Json) => ({ ...object, annotations: annotations as RawObject["annotations"] }),
    ],
  ] as const;
  for (const [part, path, rebuild] of parts) {
    for (const { field, how, value } of variants(part, path))
      yield { field: title + field, how, object: rebuild(value) };
  }
}

interface Variant {
  readonly field: string;
  readonly how: "removed" | "changed";
  readonly value: Json;
}

/** Each child removed, each scalar changed, and the same for everything inside. */
function* variants(value: Json, path: string): Iterable<Variant> {
  if (Array.isArray(value)) {
    for (const [i, item] of (value as readonly Json[]).entries()) {
      yield { field: `${path}[]`, how: "removed", value: value.toSpliced(i, 1) };
      for (const inner of childVariants(item, `${path}[]`)) yield { ...inner, value: value.with(i, inner.value) };
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Readonly<Record<string, Json>>;
      yield { field: `${path}.${key}`, how: "removed", value: rest };
      for (const inner of childVariants(item, `${path}.${key}`))
        yield { ...inner, value: { ...value, [key]: inner.value } };
    }
  }
}

function* childVariants(value: Json, path: string): Iterable<Variant> {
  const changed = changedScalar(value);
  if (changed !== undefined) yield { field: path, how: "changed", value: changed };
  yield* variants(value, path);
}

function changedScalar(value: Json): Json | undefined {
  if (typeof value === "string") return `${value}-changed`;
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  return undefined;
}
