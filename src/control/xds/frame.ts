/**
 * SERVE: a delta response as bytes. Resources are already encoded; only the frames around them are written here, so
 * that one encoded resource serves every Envoy.
 */
import { type Bytes, type Encoded, typeUrls } from "#compiler";
import type { Response } from "./subscription.ts";

// Field numbers of envoy.service.discovery.v3.DeltaDiscoveryResponse, .Resource and google.protobuf.Any, each as the
// tag of a length-delimited field.
const response = { resources: tag(2), typeUrl: tag(4), nonce: tag(5), removedResources: tag(6) };
const resource = { version: tag(1), resource: tag(2), name: tag(3) };
const any = { typeUrl: tag(1), value: tag(2) };

/** A DeltaDiscoveryResponse. */
export function encodeResponse({ type, nonce, resources, removed }: Response): Buffer {
  const parts: Piece[] = [];
  for (const encoded of resources) parts.push(...frameResource(encoded));
  parts.push(text(response.typeUrl, typeUrls[type]), text(response.nonce, nonce));
  for (const name of removed) parts.push(text(response.removedResources, name));
  return joined(parts);
}

type Piece = Buffer | Bytes;

function joined(pieces: readonly Piece[]): Buffer {
  const all = Buffer.allocUnsafe(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) at += typeof piece === "string" ? all.write(piece, at, "latin1") : piece.copy(all, at);
  return all;
}

function frameResource(encoded: Encoded): Piece[] {
  const valueLength = encoded.parts.reduce((sum, part) => sum + part.length, 0);
  const anyHead = Buffer.concat([text(any.typeUrl, typeUrls[encoded.type]), head(any.value, valueLength)]);
  const start = Buffer.concat([
    text(resource.version, encoded.version),
    text(resource.name, encoded.name),
    head(resource.resource, anyHead.length + valueLength),
    anyHead,
  ]);
  return [head(response.resources, start.length + valueLength), start, ...encoded.parts];
}

function text(field: number, value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([head(field, bytes.length), bytes]);
}

function head(field: number, length: number): Buffer {
  const bytes = [field];
  let rest = length;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** The tag byte of a length-delimited field below 16. */
function tag(field: number): number {
  return (field << 3) | 2;
}
