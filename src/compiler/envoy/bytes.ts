/**
 * Protobuf framing by hand, where encoded pieces are put together without encoding them again.
 * Sound because a repeated field, and a message field that occurs once, are a concatenation on the wire.
 */
import { hash } from "node:crypto";
import type { DescMessage, Message, MessageInitShape } from "@bufbuild/protobuf";
import type { Any, Duration } from "@bufbuild/protobuf/wkt";
import type { Bytes } from "../ir/encoded.ts";
import { Draft } from "./draft.ts";
import { type Fields, writeMessage } from "./encoder.ts";
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

/** Nothing is written while something else is: what goes into a message is encoded before. */
const draft = new Draft();

/** Encodes a message given as plain fields. Throws `InvalidMessage` where it breaks the rules of its type. */
export function encode<Desc extends DescMessage>(schema: Desc, init: Init<Desc>): Bytes {
  check(schema, init);
  return encodeFields(schema, init);
}

function check(schema: DescMessage, init: Fields): void {
  const violations = checkPgv(schema, init);
  if (violations.length === 0) return;
  throw new InvalidMessage(
    schema.typeName,
    violations.map((violation) => `${violation.path} ${violation.message}`),
  );
}

/** Encodes fields that are only a part of a message, which the rules for the whole do not fit. */
export function encodeFields<Desc extends DescMessage>(schema: Desc, init: Init<Desc>): Bytes {
  draft.begin();
  writeMessage(schema, init, draft);
  return draft.cut();
}

/** A message of any type, encoded, as `Any`. */
export function pack<Desc extends DescMessage>(schema: Desc, init: Init<Desc>): Any {
  return packed(schema.typeName, Buffer.from(encode(schema, init), "latin1"));
}

/** Already encoded bytes of a type as `Any`. */
export function packed(typeName: string, value: Uint8Array): Any {
  return { $typeName: "google.protobuf.Any", typeUrl: `type.googleapis.com/${typeName}`, value };
}

/** For ever, as far as anyone will see; Envoy takes at most a few hundred years. */
const century = 100 * 365 * 24 * 60 * 60 * 1000;

/** Milliseconds as a protobuf duration. */
export function duration(milliseconds: number): Duration {
  const ms = Math.min(milliseconds, century);
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  return { $typeName: "google.protobuf.Duration", seconds: BigInt(seconds), nanos };
}

/** Encoded pieces put together. */
export function concatenated(parts: readonly Bytes[]): Bytes {
  write(parts);
  return draft.cut();
}

function write(parts: readonly Bytes[]): void {
  draft.begin(lengthOf(parts));
  for (const part of parts) draft.bytes(part);
}

function lengthOf(parts: readonly Bytes[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

/** A length-delimited field whose content is the concatenation of `parts`. */
export function field(number: number, ...parts: readonly Bytes[]): Bytes {
  const length = lengthOf(parts);
  draft.begin(length + longestHead);
  draft.varint(number * 8 + 2);
  draft.varint(length);
  for (const part of parts) draft.bytes(part);
  return draft.cut();
}

/** So much at most stands before a field's content. */
const longestHead = 16;

/** The pieces of a length-delimited field with this content: for much that is put into another field in turn. */
export function inField(number: number, parts: readonly Bytes[]): readonly Bytes[] {
  draft.begin();
  draft.varint(number * 8 + 2);
  draft.varint(lengthOf(parts));
  return [draft.cut(), ...parts];
}

/** What stands from one place in encoded bytes to another. */
export function slice(bytes: Bytes, start: number, end?: number): Bytes {
  return bytes.slice(start, end) as Bytes;
}

/** Where the content of the length-delimited field at a place begins, and where it ends. */
export function fieldAt(bytes: Bytes, from: number): { readonly start: number; readonly end: number } {
  const { end: tagEnd } = readVarint(bytes, from);
  const { value: length, end: start } = readVarint(bytes, tagEnd);
  return { start, end: start + length };
}

function readVarint(bytes: Bytes, from: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let factor = 1;
  for (let at = from; ; at++, factor *= 128) {
    const byte = bytes.charCodeAt(at) || 0;
    value += (byte & 127) * factor;
    if (byte < 128) return { value, end: at + 1 };
  }
}

/** A short hash of bytes in their pieces: names what has this content. */
export function versionOf(parts: readonly Bytes[]): string {
  const [only] = parts;
  // Most are hashed as soon as they are encoded.
  const standing = only !== undefined && parts.length === 1 && draft.holds(only);
  if (!standing) write(parts);
  return contentVersion(draft.view());
}

/** A short hash of a text. */
export function contentVersion(content: string | Uint8Array): string {
  return hash("sha1", content, "base64url").slice(0, 16);
}
