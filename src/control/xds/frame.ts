/**
 * SERVE: a delta response as bytes. Resources are already encoded; only the frames around them are written here, so
 * that one encoded resource serves every Envoy. Lengths stand before what they are the lengths of, so all are known
 * first, and everything is written once into one buffer.
 */
import { type Encoded, typeUrls } from "#compiler";
import type { Response } from "./subscription.ts";

// Field numbers of envoy.service.discovery.v3.DeltaDiscoveryResponse, .Resource and google.protobuf.Any, each as the
// tag of a length-delimited field.
const response = { resources: tag(2), typeUrl: tag(4), nonce: tag(5), removedResources: tag(6) };
const resource = { version: tag(1), resource: tag(2), name: tag(3) };
const any = { typeUrl: tag(1), value: tag(2) };

/** A DeltaDiscoveryResponse. */
export function encodeResponse({ type, nonce, resources, removed }: Response): Buffer {
  const typeUrl = typeUrls[type];
  const frames = resources.map((encoded) => frameOf(encoded, typeUrl));
  const texts = textSize(typeUrl) + textSize(nonce) + sum(removed.map(textSize));
  const bytes = Buffer.allocUnsafe(sum(frames.map(({ size }) => fieldSize(size))) + texts);
  let at = 0;
  for (const frame of frames) at = writeFrame(bytes, at, frame, typeUrl);
  at = writeText(bytes, at, response.typeUrl, typeUrl);
  at = writeText(bytes, at, response.nonce, nonce);
  for (const name of removed) at = writeText(bytes, at, response.removedResources, name);
  return bytes;
}

/** A resource, and how many bytes its message, the `Any` in that, and the resource itself take. */
interface Frame {
  readonly encoded: Encoded;
  readonly size: number;
  readonly anySize: number;
  readonly valueSize: number;
}

function frameOf(encoded: Encoded, typeUrl: string): Frame {
  const valueSize = sum(encoded.parts.map(({ length }) => length));
  const anySize = textSize(typeUrl) + fieldSize(valueSize);
  const size = textSize(encoded.version) + textSize(encoded.name) + fieldSize(anySize);
  return { encoded, size, anySize, valueSize };
}

function writeFrame(bytes: Buffer, from: number, { encoded, ...sizes }: Frame, typeUrl: string): number {
  let at = writeHead(bytes, from, response.resources, sizes.size);
  at = writeText(bytes, at, resource.version, encoded.version);
  at = writeText(bytes, at, resource.name, encoded.name);
  at = writeHead(bytes, at, resource.resource, sizes.anySize);
  at = writeText(bytes, at, any.typeUrl, typeUrl);
  at = writeHead(bytes, at, any.value, sizes.valueSize);
  for (const part of encoded.parts) at += bytes.write(part, at, "latin1");
  return at;
}

function writeText(bytes: Buffer, from: number, field: number, value: string): number {
  const at = writeHead(bytes, from, field, Buffer.byteLength(value));
  return at + bytes.write(value, at);
}

function writeHead(bytes: Buffer, from: number, field: number, length: number): number {
  let at = from;
  bytes[at++] = field;
  let rest = length;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
}

/** A text with its tag and length. */
function textSize(value: string): number {
  return fieldSize(Buffer.byteLength(value));
}

/** Content of this length with its tag and length. */
function fieldSize(length: number): number {
  let size = 2 + length;
  for (let rest = length; rest > 0x7f; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The tag byte of a length-delimited field below 16. */
function tag(field: number): number {
  return (field << 3) | 2;
}
