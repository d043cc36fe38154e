/**
 * Protobuf framing by hand, where encoded pieces are put together without encoding them again.
 * Sound because a repeated field, and a message field that occurs once, are a concatenation on the wire.
 */
import { createHash, hash } from "node:crypto";
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
  return encoded(schema, valid(schema, init));
}

/** The bytes of a message. */
function encoded<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): Uint8Array {
  return toBinary(schema, message, { writeUnknownFields: false });
}

/** The message with these fields. Throws `InvalidMessage` where it breaks the rules of its type. */
function valid<Desc extends DescMessage>(schema: Desc, init: Init<Desc>): MessageShape<Desc> {
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
  return encoded(schema, create(schema, init as MessageInitShape<Desc>));
}

/** A message of any type, encoded, as `Any`. */
export function pack<Desc extends DescMessage>(schema: Desc, init: Init<Desc>): Any {
  return packed(schema.typeName, encode(schema, init));
}

/** Already encoded bytes of a type as `Any`. */
export function packed(typeName: string, value: Uint8Array): Any {
  return create(AnySchema, { typeUrl: `type.googleapis.com/${typeName}`, value });
}

/** For ever, as far as anyone will see; Envoy takes at most a few hundred years. */
const century = 100 * 365 * 24 * 60 * 60 * 1000;

/** Milliseconds as a protobuf duration. */
export function duration(milliseconds: number): Duration {
  const ms = Math.min(milliseconds, century);
  const seconds = Math.floor(ms / 1000);
  return create(DurationSchema, { seconds: BigInt(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) });
}

/**
 * Room for bytes that are kept. Node's pool would share it with whatever is made at the same time, and one short piece
 * that lives on keeps 64 KiB.
 */
function room(length: number): Buffer {
  return Buffer.allocUnsafeSlow(length);
}

/** Encoded pieces put together. */
export function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = room(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** A length-delimited field whose content is the concatenation of `parts`. */
export function field(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.byteLength;
  const tag = number * 8 + 2;
  const bytes = room(varintLength(tag) + varintLength(length) + length);
  let at = writeVarint(bytes, writeVarint(bytes, 0, tag), length);
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** Where the content of the length-delimited field at a place begins, and where it ends. */
export function fieldAt(bytes: Uint8Array, from: number): { readonly start: number; readonly end: number } {
  const { end: tagEnd } = readVarint(bytes, from);
  const { value: length, end: start } = readVarint(bytes, tagEnd);
  return { start, end: start + length };
}

function readVarint(bytes: Uint8Array, from: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let factor = 1;
  for (let at = from; ; at++, factor *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte & 127) * factor;
    if (byte < 128) return { value, end: at + 1 };
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length++;
  return length;
}

function writeVarint(into: Uint8Array, from: number, value: number): number {
  let at = from;
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) into[at++] = (rest & 127) | 128;
  into[at++] = rest;
  return at;
}

/** A short hash of bytes or text: names what has this content. */
export function contentVersion(...parts: readonly (Uint8Array | string)[]): string {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return hash("sha1", only, "base64url").slice(0, 16);
  const all = createHash("sha1");
  for (const part of parts) all.update(part);
  return all.digest("base64url").slice(0, 16);
}
