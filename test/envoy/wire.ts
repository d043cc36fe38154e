/** Reads single fields of protobuf messages for which nothing is generated, by their numbers. */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** The messages, texts or bytes in the fields of this number. */
export function fields(bytes: Uint8Array, wanted: number): Uint8Array[] {
  return select(bytes, wanted, WireType.LengthDelimited, (reader) => reader.bytes());
}

/** The first text in a field of this number. */
export function text(bytes: Uint8Array, wanted: number): string {
  const [first] = fields(bytes, wanted);
  return Buffer.from(first ?? []).toString("utf8");
}

/** The whole numbers or enumerators in the fields of this number. */
export function numbers(bytes: Uint8Array, wanted: number): number[] {
  return select(bytes, wanted, WireType.Varint, (reader) => reader.uint32());
}

function select<T>(bytes: Uint8Array, wanted: number, type: WireType, read: (reader: BinaryReader) => T): T[] {
  const reader = new BinaryReader(bytes);
  const found: T[] = [];
  while (reader.pos < reader.len) {
    const [number, actual] = reader.tag();
    if (number === wanted && actual === type) found.push(read(reader));
    else reader.skip(actual);
  }
  return found;
}
