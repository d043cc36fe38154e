/**
 * Further fields of a kind, drawn from its schema: every field of every generation comes up in some configuration,
 * also one that is new. A field has the values that are given for it, else whatever its schema allows.
 */
import fc, { type Arbitrary } from "fast-check";
import { existsIn } from "../../src/compiler/api/schema/check.ts";
import type { Field, Generation, ObjectNode } from "../../src/compiler/api/schema/schema.ts";
import { valuesOf } from "../schema-values.ts";

/**
 * Values for fields by their names in the hub: the same for all versions, one arbitrary for each generation, or
 * "elsewhere" where whoever asks sets the field.
 */
export type Values = Readonly<
  Record<string, Arbitrary<unknown> | Readonly<Record<Generation, Arbitrary<unknown>>> | "elsewhere">
>;

/** Some fields as each generation spells them. */
export type MoreFields = Readonly<Record<Generation, Readonly<Record<string, unknown>>>>;

/** Some fields of an object; half of all objects have none. */
export function moreFields({ fields: all }: ObjectNode, values: Values): Arbitrary<MoreFields> {
  const some = (generation: Generation): Arbitrary<Readonly<Record<string, unknown>>> => {
    const fields = Object.entries(all).filter(
      ([name, field]) => existsIn(field, generation) && values[name] !== "elsewhere",
    );
    const pairs = fields.map(([name, field]) =>
      valuesFor(name, field, generation, values).map((value) => [spelling(name, field, generation), value] as const),
    );
    const chosen = fc.array(fc.oneof(...pairs), { maxLength: 4 }).map((list) => Object.fromEntries(list));
    return fc.oneof({ weight: 1, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: chosen });
  };
  return fc.record({ old: some("old"), hub: some("hub") });
}

function valuesFor(name: string, field: Field, generation: Generation, values: Values): Arbitrary<unknown> {
  const given = values[name];
  if (given !== undefined && given !== "elsewhere") return "hub" in given ? given[generation] : given;
  return valuesOf((generation === "old" ? field.old?.form : undefined) ?? field.schema, generation);
}

/** A field's name in a generation. */
export function spelling(name: string, field: Field, generation: Generation): string {
  return (generation === "old" ? field.old?.name : undefined) ?? name;
}
