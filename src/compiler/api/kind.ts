/**
 * What one file per kind declares, and how a declaration becomes an admission. Part of ADMIT.
 */
import type { Diagnostic, DiagnosticCode } from "#base/diagnostic.ts";
import type { Origin } from "#base/origin.ts";
import type { Check, Convert, Fill, Generation, ObjectNode, Schema } from "./schema/index.ts";
import { type ApiVersion, compileCheck, compileConvert, compileFill } from "./schema/index.ts";

/** Features that have a code for "not yet supported". */
export type Feature = DiagnosticCode extends infer C ? (C extends `${infer F}/not-yet-supported` ? F : never) : never;

/** An object under conversion: checked by its schema, but not typed. */
export type Loose = Readonly<Record<string, unknown>>;

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly path: string;
  readonly type?: "string" | "integer" | "date";
  /** Shown with `-o wide` only. */
  readonly wide?: true;
}

/** Everything there is to know about a kind whose settings stand under `.spec`. */
export interface KindDeclaration<Kind extends string = string, Spec = unknown> {
  readonly kind: Kind;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  /** Versions that custom resources and annotations of it have, oldest first. */
  readonly versions: readonly ApiVersion[];
  readonly feature: Feature;
  readonly doc: string;
  readonly schema: Schema<Spec> & ObjectNode;
  /** Set while no object of this kind has any effect: what traffic sees because of that. */
  readonly notYet?: string;
  /** The settings of a small object, in the hub's spelling; the reference shows it. */
  readonly example?: Loose;
  readonly columns?: readonly PrinterColumn[];
  /** Schema of `.status`, where that is older than conditions. */
  readonly status?: Schema & ObjectNode;
  /** Old → hub where several fields are involved; runs before the fields' own conversions. */
  upgrade?(old: Loose): Loose;
  /** Hub → old; the inverse, runs after the fields' own. */
  downgrade?(hub: Loose): Loose;
  /** Rules that no field can tell alone. */
  verify?(spec: Spec, at: Origin, version: ApiVersion): readonly Diagnostic[];
  /** Several spellings of one meaning → one, for the later stages; not a matter of versions. */
  settle?(spec: Spec, version: ApiVersion): Spec;
}

/** A kind, ready for use. */
export interface Kind<Name extends string = string, Spec = unknown> extends KindDeclaration<Name, Spec> {
  readonly checks: Readonly<Record<Generation, Check>>;
  readonly toHub: Convert;
  readonly fromHub: Convert;
  readonly fill: Fill;
}

/** Compiles a kind's declaration. */
export function kind<Name extends string, Spec>(declaration: KindDeclaration<Name, Spec>): Kind<Name, Spec> {
  const { schema, upgrade = same, downgrade = same } = declaration;
  const raise = compileConvert(schema, "toHub") ?? same;
  const lower = compileConvert(schema, "fromHub") ?? same;
  return {
    ...declaration,
    checks: { old: compileCheck(schema, "old"), hub: compileCheck(schema, "hub") },
    toHub: (old) => raise(upgrade(old as Loose)),
    // An object without ids is the default instance's, which the old spelling must say to be kept from 1.x.
    fromHub: (hub) => downgrade(lower({ ambassador_id: ["default"], ...(hub as Loose) }) as Loose),
    fill: compileFill(schema) ?? same,
  };
}

function same<T>(value: T): T {
  return value;
}

/** Which generation a version belongs to. */
export function generationOf(version: ApiVersion): Generation {
  return version === "v3alpha1" ? "hub" : "old";
}
