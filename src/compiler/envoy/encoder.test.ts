/** Whatever message of Envoy's API it is, with whatever fields: the bytes are those of the protobuf runtime. */
import assert from "node:assert/strict";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import {
  create,
  type DescEnum,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescOneof,
  type MessageInitShape,
  ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import * as fc from "fast-check";
import { ClusterSchema } from "#gen/envoy/config/cluster/v3/cluster_pb.js";
import { encodedBytes } from "../ir/encoded.ts";
import { encodeFields } from "./bytes.ts";
import { checkPgv } from "./pgv.ts";

type Init = Record<string, unknown>;

const texts = ["", "a", "/shop/", "ä€😀", "\ud800", "x".repeat(70), "é".repeat(300), "y".repeat(40_000)];
const wholes = [0, 1, 127, 128, 2 ** 31 - 1];

function scalars(type: ScalarType): readonly unknown[] {
  switch (type) {
    case ScalarType.STRING:
      return texts;
    case ScalarType.BYTES:
      return [new Uint8Array(), Uint8Array.of(0, 127, 128, 255)];
    case ScalarType.BOOL:
      return [false, true];
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return [0, -0, 1.5, -2];
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return [...wholes, 2 ** 32 - 1];
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return [0n, 300n, 2n ** 53n, 2n ** 64n - 1n];
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return [0n, 300n, -1n, 2n ** 63n - 1n];
    default:
      return [...wholes, -1];
  }
}

function value(field: { readonly scalar?: ScalarType | undefined; readonly enum?: DescEnum | undefined }) {
  const all = field.enum ? field.enum.values.map(({ number }) => number) : scalars(field.scalar ?? ScalarType.INT32);
  return fc.constantFrom(...all);
}

/** Something in a message's field, as plain fields have it. */
function content(field: DescField, depth: number): fc.Arbitrary<unknown> {
  const single = field.message ? nested(field, field.message, depth) : value(field);
  switch (field.fieldKind) {
    case "list":
      return fc.array(single, { maxLength: 2 });
    case "map":
      return fc.dictionary(
        field.mapKey === ScalarType.STRING ? fc.constantFrom("a", "ü") : fc.constantFrom("0", "7"),
        single,
      );
    default:
      return single;
  }
}

function nested(field: DescField, schema: DescMessage, depth: number): fc.Arbitrary<unknown> {
  const [only] = schema.fields;
  if (only && field.fieldKind === "message" && !field.oneof && isWrapperDesc(schema)) return value(only);
  if (schema.typeName === "google.protobuf.Struct" && field.parent.typeName !== "google.protobuf.Value") {
    return fc.constantFrom({}, { a: 1, b: { c: ["x", null, true] } });
  }
  return message(schema, depth - 1);
}

function message(schema: DescMessage, depth: number): fc.Arbitrary<Init> {
  if (depth === 0) return fc.constant({});
  // In any order, as plain fields are.
  const some = fc.shuffledSubarray([...schema.members], { maxLength: Math.min(8, schema.members.length) });
  return some.chain((members) =>
    fc.record(Object.fromEntries(members.map((member) => [member.localName, memberOf(member, depth)]))),
  );
}

function memberOf(member: DescField | DescOneof, depth: number): fc.Arbitrary<unknown> {
  if (member.kind === "field") return fc.option(content(member, depth), { nil: undefined });
  const cases = member.fields.map((one) => content(one, depth).map((it) => ({ case: one.localName, value: it })));
  return fc.oneof(fc.constant({ case: undefined }), ...cases);
}

async function messages(): Promise<readonly DescMessage[]> {
  const root = join(import.meta.dirname, "..", "..", "gen");
  const found: DescMessage[] = [];
  const visit = (schema: DescMessage): void => {
    found.push(schema);
    for (const inner of schema.nestedMessages) if (!inner.proto.options?.mapEntry) visit(inner);
  };
  for await (const path of glob("envoy/**/*_pb.js", { cwd: root })) {
    const exports: Record<string, unknown> = await import(join(root, path));
    for (const schema of Object.values(exports).find(isFile)?.messages ?? []) visit(schema);
  }
  return found;
}

function isFile(one: unknown): one is DescFile {
  return typeof one === "object" && one !== null && "kind" in one && one.kind === "file";
}

test("plain fields give the bytes and the breaches of the message that they are", async () => {
  const all = await messages();
  assert.ok(all.length > 1000, `only ${all.length} messages were found`);
  for (const schema of all) {
    const check = (init: Init) => {
      const whole = create(schema, init as MessageInitShape<typeof schema>);
      const parts = [encodeFields(schema, init as never)];
      const bytes = encodedBytes({ type: "cluster", name: "", version: "", parts });
      assert.ok(Buffer.from(toBinary(schema, whole)).equals(bytes), `${schema.typeName} ${show(init)}`);
      assert.deepEqual(breaches(schema, init), breaches(schema, whole), `${schema.typeName} ${show(init)}`);
    };
    fc.assert(fc.property(message(schema, 3), check), { numRuns: 3, seed: 1 });
  }
});

function breaches(schema: DescMessage, message: Init): readonly string[] {
  return checkPgv(schema, message)
    .map(({ path, message: problem }) => `${path} ${problem}`)
    .sort();
}

function show(init: Init): string {
  return JSON.stringify(init, (_, one) => (typeof one === "bigint" ? String(one) : one)).slice(0, 1000);
}

test("what is not a number of a field's type is refused as the runtime refuses it", () => {
  for (const wrong of [-1, 2 ** 32, 1.5, Number.NaN]) {
    assert.throws(() => encodeFields(ClusterSchema, { perConnectionBufferLimitBytes: wrong }), /invalid uint32/);
  }
  assert.equal(encodeFields(ClusterSchema, { name: "a" }), "\n\u0001a");
});
