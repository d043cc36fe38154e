/**
 * Encodes messages from their plain fields, without making messages of them first: what most messages say is a few of
 * many fields, and only these are looked at.
 * Compiled once per message type, by reflection; the bytes are those of the protobuf runtime, fields in the order of
 * their numbers.
 */
import {
  type DescField,
  type DescMessage,
  type DescOneof,
  fromJson,
  type JsonObject,
  ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import { isScalarZeroValue } from "@bufbuild/protobuf/reflect";
import { WireType } from "@bufbuild/protobuf/wire";
import { FeatureSet_FieldPresence, isWrapperDesc, StructSchema, ValueSchema } from "@bufbuild/protobuf/wkt";
import type { Draft } from "./draft.ts";
import { compileScalar, type Write, wireTypeOf } from "./scalars.ts";

/** A message as plain fields; one without a value is absent. */
export type Fields = Readonly<Record<string, unknown>>;

/** A field's value, and how it is written, its tag included. */
interface Member {
  readonly number: number;
  readonly write: Write;
}

/** Writes a message. */
export function writeMessage(schema: DescMessage, message: Fields, into: Draft): void {
  top = 0;
  writerOf(schema)(message, into);
}

/** What the messages say that are being written, inner ones behind outer ones: lists for each would be much garbage. */
const said: Member[] = [];
const values: unknown[] = [];
let top = 0;

const writers = new WeakMap<DescMessage, Write<Fields>>();

/** Compiled when first met with a value, because types refer to each other in circles. */
function writerOf(schema: DescMessage): Write<Fields> {
  let write = writers.get(schema);
  if (!write) {
    write = compileMessage(schema);
    writers.set(schema, write);
  }
  return write;
}

function compileMessage(schema: DescMessage): Write<Fields> {
  const singles = new Map<string, Member>();
  const oneofs = new Map<string, ReadonlyMap<unknown, Member>>();
  for (const member of schema.members) {
    if (member.kind === "oneof") oneofs.set(member.localName, compileOneof(member));
    else singles.set(member.localName, { number: member.number, write: compileField(member) });
  }
  return (message, into) => {
    const start = top;
    for (const name in message) {
      const value = message[name];
      if (value === undefined) continue;
      const single = singles.get(name);
      if (single) {
        insert(start, single, value);
        continue;
      }
      const chosen = value as { readonly case?: string; readonly value?: unknown };
      const member = oneofs.get(name)?.get(chosen.case);
      if (member) insert(start, member, chosen.value);
    }
    const end = top;
    for (let index = start; index < end; index++) {
      said[index]?.write(values[index], into);
      values[index] = undefined;
    }
    top = start;
  };
}

/** By number; fields are mostly said in that order already. */
function insert(start: number, member: Member, value: unknown): void {
  let at = top++;
  for (; at > start; at--) {
    const before = said[at - 1];
    if (!before || before.number < member.number) break;
    said[at] = before;
    values[at] = values[at - 1];
  }
  said[at] = member;
  values[at] = value;
}

function compileOneof(oneof: DescOneof): ReadonlyMap<unknown, Member> {
  return new Map(oneof.fields.map((field) => [field.localName, { number: field.number, write: compileSingle(field) }]));
}

function compileField(field: DescField): Write {
  switch (field.fieldKind) {
    case "list":
      return compileList(field);
    case "map":
      return compileMap(field);
    default:
      return unlessZero(field, compileSingle(field));
  }
}

/** Without presence of its own, a field that is zero is absent. */
function unlessZero(field: DescField, write: Write): Write {
  if (field.presence !== FeatureSet_FieldPresence.IMPLICIT) return write;
  const type = field.fieldKind === "scalar" ? field.scalar : ScalarType.INT32;
  return (value, into) => {
    if (!isScalarZeroValue(type, value)) write(value, into);
  };
}

function compileSingle(field: DescField & { fieldKind: "message" | "scalar" | "enum" | "list" | "map" }): Write {
  if (field.message) return delimited(field.number, compileNested(field, field.message));
  const type = scalarOf(field);
  return tagged(tagOf(field.number, wireTypeOf(type)), compileScalar(type));
}

function compileNested(field: DescField, schema: DescMessage): Write {
  // The runtime knows these as what they hold, and a Struct as plain JSON.
  if (field.fieldKind === "message" && !field.oneof && isWrapperDesc(schema)) {
    return (value, into) => writerOf(schema)({ value }, into);
  }
  if (schema.typeName === StructSchema.typeName && field.parent.typeName !== ValueSchema.typeName) {
    return (value, into) => into.array(toBinary(StructSchema, fromJson(StructSchema, value as JsonObject)));
  }
  let write: Write<Fields> | undefined;
  return (value, into) => {
    write ??= writerOf(schema);
    write(value as Fields, into);
  };
}

function compileList(field: DescField & { fieldKind: "list" }): Write {
  if (field.packed) return unlessEmpty(delimited(field.number, each(compileScalar(scalarOf(field)))));
  return each(compileSingle(field));
}

function each(write: Write): Write {
  return (values, into) => {
    for (const value of values as readonly unknown[]) write(value, into);
  };
}

function unlessEmpty(write: Write): Write {
  return (values, into) => {
    if ((values as readonly unknown[]).length > 0) write(values, into);
  };
}

function compileMap(field: DescField & { fieldKind: "map" }): Write {
  const key = tagged(tagOf(1, wireTypeOf(field.mapKey)), compileScalar(field.mapKey));
  const keyOf = field.mapKey === ScalarType.STRING ? (name: string) => name : Number;
  const value = field.message
    ? delimited(2, compileNested(field, field.message))
    : tagged(tagOf(2, wireTypeOf(scalarOf(field))), compileScalar(scalarOf(field)));
  const entry = delimited<readonly [string, unknown]>(field.number, ([name, content], into) => {
    key(keyOf(name), into);
    value(content, into);
  });
  return (entries, into) => {
    for (const one of Object.entries(entries as Fields)) entry(one, into);
  };
}

/** Enums are numbers. */
function scalarOf(field: DescField): ScalarType {
  return field.scalar ?? ScalarType.INT32;
}

function tagged(tag: number, write: Write): Write {
  return (value, into) => {
    into.varint(tag);
    write(value, into);
  };
}

function delimited<V>(number: number, write: Write<V>): Write<V> {
  const tag = tagOf(number, WireType.LengthDelimited);
  return (value, into) => {
    into.varint(tag);
    const start = into.open();
    write(value, into);
    into.close(start);
  };
}

function tagOf(number: number, type: WireType): number {
  return number * 8 + type;
}
