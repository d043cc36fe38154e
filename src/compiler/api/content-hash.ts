/**
 * The identity of an object's content, independent of the order of its fields and of where it was read.
 */
import { createHash } from "node:crypto";
import type { RawObject } from "./raw-object.ts";
import { isRecord } from "./schema/index.ts";

/** Equal hashes mean the same manifest. */
export function contentHash(raw: RawObject): string {
  const { ref, version, labels, annotations, body, within } = raw;
  return createHash("sha256")
    .update(canonical({ ref, version, labels, annotations, body, within }))
    .digest("base64url");
}

/** JSON with sorted keys; fields that are undefined are left out. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "null";
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}
