/**
 * The builders of the schema language, as they are used in the files of the kinds.
 */
import type {
  AdmissionRule,
  Field,
  FieldNotes,
  Fields,
  ObjectNode,
  ObjectOf,
  Ruled,
  Schema,
  Static,
} from "./schema.ts";

/** A text. */
export function string(...rules: readonly AdmissionRule[]): Schema<string> {
  return rules.length === 0 ? { type: "string" } : { type: "string", rules };
}

/** A text that is never repeated in a message. */
export function secretString(): Schema<string> {
  return { type: "string", secret: true };
}

/** A text of a form that `called` says in words, such as `duration ("3s")`. */
export function stringLike(pattern: string, called: string): Schema<string> {
  return { type: "string", pattern, called };
}

/** One of some texts. */
export function enumOf<const V extends readonly string[]>(...values: V): Schema<V[number]> {
  return { type: "string", values };
}

/** One of some whole numbers. */
export function integerOf<const V extends readonly number[]>(...values: V): Schema<V[number]> {
  return { type: "integer", values };
}

/** A whole number. */
export function integer(range: { readonly min?: number; readonly max?: number } = {}): Schema<number> {
  return { type: "integer", ...range };
}

/** A number. */
export function number(range: { readonly min?: number; readonly max?: number } = {}): Schema<number> {
  return { type: "number", ...range };
}

/** true or false. */
export function boolean(): Schema<boolean> {
  return { type: "boolean" };
}

/** An explicit null. */
export function nothing(): Schema<null> {
  return { type: "null" };
}

/** Any JSON, kept as it is. */
export function anything(): Schema<unknown> {
  return { type: "anything" };
}

/** Any JSON, kept as it is and judged piece by piece later on; CRD and reference show what it should be. */
export function judgedLater(like: Schema): Schema<unknown> {
  return { type: "anything", like };
}

/** A list. */
export function list<T>(item: Schema<T>, limits: { readonly min?: number } & Ruled = {}): Schema<readonly T[]> {
  return { type: "list", item, ...limits };
}

/** An object whose keys the user chooses. */
export function map<T>(value: Schema<T>): Schema<Readonly<Record<string, T>>> {
  return { type: "map", value };
}

/** Alternatives that are told apart by their JSON type. */
export function variants<const S extends readonly Schema[]>(...forms: S): Schema<Static<S[number]>> {
  return { type: "variants", forms };
}

/** An object with known fields. */
export function object<const F extends Fields>(
  fields: F,
  rules: Pick<ObjectNode, "open" | "exactlyOne" | "rules"> = {},
): Schema<ObjectOf<F>> & ObjectNode {
  return { type: "object", fields, ...rules };
}

/** A field that must be there. */
export function required<T>(schema: Schema<T>, doc: string, notes: FieldNotes = {}): Field<T, "required"> {
  return { presence: "required", schema, doc, ...notes };
}

/** A field that may be there. */
export function optional<T>(schema: Schema<T>, doc: string, notes: FieldNotes = {}): Field<T, "optional"> {
  return { presence: "optional", schema, doc, ...notes };
}

/** A field that admission fills in. */
export function defaulted<T>(
  schema: Schema<T>,
  value: NoInfer<T>,
  doc: string,
  notes: FieldNotes = {},
): Field<T, "defaulted"> {
  return { presence: "defaulted", schema, doc, default: value, ...notes };
}

/** A field that only old versions have and that conversion turns into others. */
export function oldOnly<T>(schema: Schema<T>, doc: string, notes: FieldNotes = {}): Field<T, "never"> {
  return { presence: "never", schema, doc, versions: ["v0", "v1", "v2"], ...notes };
}
