/**
 * The schema language: plain data that describes a value, from which the TypeScript type, the validator, the
 * conversion between versions, the CRD and the reference page are all derived. Part of ADMIT.
 */

/** Versions in which resources have been written. */
export type ApiVersion = "v0" | "v1" | "v2" | "v3alpha1" | "v1beta1" | "v1beta2" | "v1alpha1";

/** `old` is how v0, v1 and v2 spell things; `hub` is v3alpha1, which every later stage sees. */
export type Generation = "old" | "hub";

declare const typeOf: unique symbol;

/** A description of a value of type T. */
export type Schema<T = unknown> = Node & { readonly [typeOf]?: T };

/** The TypeScript type of what a schema describes. */
export type Static<S> = S extends { readonly [typeOf]?: infer T } ? T : never;

/** The forms that a description can take. */
export type Node =
  | StringNode
  | NumberNode
  | { readonly type: "boolean" }
  | { readonly type: "null" }
  /** `like`: what it should be, where somebody else judges it. */
  | { readonly type: "anything"; readonly like?: Schema }
  | ({ readonly type: "list"; readonly item: Schema; readonly min?: number } & Ruled)
  | { readonly type: "map"; readonly value: Schema }
  | ObjectNode
  | { readonly type: "variants"; readonly forms: readonly Schema[] };

/** What the API server refuses beyond a wrong form. */
export interface Ruled {
  readonly rules?: readonly AdmissionRule[];
}

/**
 * A rule in the Common Expression Language, with which the API server refuses what admission would refuse for this
 * value alone, and never anything that admission takes: not with variables (`$NAME`) in it, nor in an object that was
 * written in another version.
 */
export interface AdmissionRule {
  /** True when all is well; `self` is the value. */
  readonly cel: string;
  /** What people read when it is not. */
  readonly message: string;
  /** It is about fields that only the hub spells so. */
  readonly hubOnly?: true;
}

export interface StringNode extends Ruled {
  readonly type: "string";
  readonly values?: readonly string[];
  readonly pattern?: string;
  /** The pattern in words. */
  readonly called?: string;
  /** Never repeat the value in a message. */
  readonly secret?: boolean;
}

export interface NumberNode {
  readonly type: "integer" | "number";
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly number[];
}

export interface ObjectNode extends Ruled {
  readonly type: "object";
  readonly fields: Fields;
  /** Other fields are none of our business (Kubernetes' own kinds) and are left out in silence. */
  readonly open?: boolean;
  /** Sets of fields of which exactly one is needed. */
  readonly exactlyOne?: readonly (readonly string[])[];
}

/** `compiled`: changes what Envoy gets. `notYet`: will. `ignored`: never did anything, or no longer does. */
export type FieldStatus = "compiled" | "notYet" | "ignored";

/** What is known of a field besides its schema. */
export interface FieldNotes {
  readonly status?: FieldStatus;
  /** Why an ignored field is ignored, or what traffic sees while a field is not compiled yet. */
  readonly because?: string;
  /** What absence means; documentation only. */
  readonly unset?: string | number | boolean;
  /** The versions that have the field; absent: all of its kind. */
  readonly versions?: readonly ApiVersion[];
  /** Other spellings that mean the same. */
  readonly aliases?: readonly string[];
  readonly old?: OldForm;
  /** A value as a user would write it, where none follows from the schema; the reference shows it. */
  readonly example?: unknown;
  /** Other fields of the same object that the example needs. */
  readonly beside?: Readonly<Record<string, unknown>>;
}

/** How a field differs in the old generation. */
export interface OldForm {
  readonly name?: string;
  readonly form?: Schema;
  /** Old value → hub value; `undefined` leaves the field out. */
  readonly toHub?: (value: unknown) => unknown;
  readonly fromHub?: (value: unknown) => unknown;
}

/** Whether a field must, may or will be there after admission; `never` for fields that no hub object has. */
export type Presence = "required" | "optional" | "defaulted" | "never";

/** A field of an object. */
export interface Field<T = unknown, P extends Presence = Presence> extends FieldNotes {
  readonly presence: P;
  readonly schema: Schema<T>;
  readonly doc: string;
  readonly default?: T;
}

export type Fields = Readonly<Record<string, Field>>;

type NamesOf<F extends Fields, P extends Presence> = {
  [K in keyof F]: F[K]["presence"] extends P ? K : never;
}[keyof F];
type Flat<T> = { readonly [K in keyof T]: T[K] };

/** The TypeScript type of an object with these fields. */
export type ObjectOf<F extends Fields> = Flat<
  { readonly [K in NamesOf<F, "required" | "defaulted">]: Static<F[K]["schema"]> } & {
    readonly [K in NamesOf<F, "optional">]?: Static<F[K]["schema"]>;
  }
>;
