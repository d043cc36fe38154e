/** Encodes single values. Those that are rare in Envoy's API are left to the protobuf runtime. */
import { ScalarType } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Draft } from "./draft.ts";

/** Writes a value. */
export type Write<V = unknown> = (value: V, into: Draft) => void;

/** How values of a type are written, without a tag. */
export function compileScalar(type: ScalarType): Write {
  switch (type) {
    case ScalarType.STRING:
      return (value, into) => into.text(value as string);
    case ScalarType.BYTES:
      return (value, into) => {
        into.varint((value as Uint8Array).length);
        into.array(value as Uint8Array);
      };
    case ScalarType.BOOL:
      return (value, into) => into.varint(value ? 1 : 0);
    case ScalarType.UINT32:
      return wholeUpTo(2 ** 32 - 1, (value) => writer.uint32(value));
    case ScalarType.INT32:
      return wholeUpTo(2 ** 31 - 1, (value) => writer.int32(value));
    case ScalarType.INT64:
      return wholeUpTo(Number.MAX_SAFE_INTEGER, (value) => writer.int64(value));
    case ScalarType.UINT64:
      return wholeUpTo(Number.MAX_SAFE_INTEGER, (value) => writer.uint64(value));
    default:
      return (value, into) => into.array(writer[rare[type]](value as never).finish());
  }
}

/** Both write and refuse as the runtime does. */
const writer = new BinaryWriter();

const rare = {
  [ScalarType.DOUBLE]: "double",
  [ScalarType.FLOAT]: "float",
  [ScalarType.FIXED64]: "fixed64",
  [ScalarType.FIXED32]: "fixed32",
  [ScalarType.SFIXED64]: "sfixed64",
  [ScalarType.SFIXED32]: "sfixed32",
  [ScalarType.SINT64]: "sint64",
  [ScalarType.SINT32]: "sint32",
} as const;

/** Negative numbers, and what is no number of this type, are the runtime's. */
function wholeUpTo(most: number, others: (value: never) => BinaryWriter): Write {
  return (value, into) => {
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number === "number" && number >= 0 && number <= most && Number.isInteger(number)) into.varint(number);
    else into.array(others(value as never).finish());
  };
}

/** The wire type of a type of values. */
export function wireTypeOf(type: ScalarType): WireType {
  switch (type) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.LengthDelimited;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return WireType.Bit64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return WireType.Bit32;
    default:
      return WireType.Varint;
  }
}
