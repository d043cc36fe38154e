/**
 * Protobuf framing by hand, where encoded pieces are put together without encoding them again.
 * Sound because a repeated field, and a message field that occurs once, are a concatenation on the wire.
 */
import { createHash } from "node:crypto";
import {
  create,
  type DescMessage,
  type Message,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { type Any, AnySchema, type Duration, DurationSchema } from "@bufbuild/protobuf/wkt";
import { checkPgv } from "./pgv.ts";

/** A message as plain fields, all of them optional. */
export type Init<Desc extends DescMessage> = Exclude<MessageInitShape<Desc>, Message>;

/** A message breaks Envoy's own rules for its fields; Envoy would refuse everything that is sent with it. */
export class InvalidMessage extends Error {
  readonly problems: readonly string[];

  constructor(typeName: string, problems: readonly string[]) {
    super(`${typeName}: ${problems.join("; ")}`);
    this.name = "InvalidMessage";
    this.problems = problems;
  }
}

/** Encodes a message given as plain fields. Throws `InvalidMessage` where it breaks the rules of its type. */
export function encode<Desc extends DescMessage>(schema: Desc, init: Init<Desc>): Uint8Array {
  return toBinary(schema, valid(schema, init), { writeUnknownFields: false });
}

/** The message with these fields. Throws `InvalidMessage` where it breaks the rules of its type. */
export function valid<Desc extends DescMessage>(schema: Desc, init: Init<Desc>): MessageShape<Desc> {
  const message = create(schema, init as MessageInitShape<Desc>);
  const violations = checkPgv(schema, message);
  if (violations.length === 0) return message;
  throw new InvalidMessage(
    schema.typeName,
    violations.map((violation) => `${violation.path} ${violation.message}`),
  );
}

/** Encodes fields that are only a part of a message, which the rules for the whole do not fit. */
export function encodeFields<Desc extends DescMessage>(schema: Desc, init: Init<Desc>): Uint8Array {
  return toBinary(schema, create(schema, init as MessageInitShape<Desc>), { writeUnknownFields: false });
}

/** A message of any type, encoded, as `Any`. */
export function pack<Desc extends DescMessage>(schema: Desc, init: Init<Desc>): Any {
  return packed(schema.typeName, encode(schema, init));
}

/** Already encoded bytes of a type as `Any`. */
export function packed(typeName: string, value: Uint8Array): Any {
  return create(AnySchema, { typeUrl: `type.googleapis.com/${typeName}`, value });
}

/** Milliseconds as a protobuf duration. */
export function duration(ms: number): Duration {
  const seconds = Math.floor(ms / 1000);
  return create(DurationSchema, { seconds: BigInt(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) });
}

/** The header of a length-delimited field: tag and length. */
export function fieldHeader(field: number, length: number): Uint8Array {
  const bytes: number[] = [];
  pushVarint(bytes, field * 8 + 2);
  pushVarint(bytes, length);
  return Uint8Array.from(bytes);
}

function pushVarint(into: number[], value: number): void {
  let rest = value;
  while (rest > 127) {
    into.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  into.push(rest);
}

/** A length-delimited field whose content is the concatenation of `parts`. */
export function field(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.byteLength;
  return Buffer.concat([fieldHeader(number, length), ...parts]);
}

/** A short hash of bytes or text: names what has this content. */
export function contentVersion(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return hash.digest("base64url").slice(0, 16);
}
