/**
 * SHAPE `pathed`: how a virtual host with many routes is divided: by a hash of the beginning of the path. Each part has
 * the routes that fix that beginning and fall there, and all routes that do not fix it, in their order; so a request
 * finds in its part what it would find in the whole. `script.ts` computes the same hash in Lua.
 */
import type { PathMatch } from "../../ir/match.ts";

/** Into how many parts, and by how much of the path: so many segments, or, below zero, so many bytes. */
export interface Division {
  readonly depth: number;
  readonly buckets: number;
}

/** A division as a text. */
export function divisionName({ depth, buckets }: Division): string {
  return `${depth} ${buckets}`;
}

/** A virtual host with so many routes is divided, if it can be. */
export const manyRoutes = 500;

/** Where it does not matter how much it helps. */
export const anyDivision: Division = { depth: 1, buckets: 4 };

/** Segments first: they are what people mean. Of the bytes the most that nearly all routes fix. */
const depths = [1, 2, 3, 4, -32, -24, -20, -16, -12, -10, -8, -6, -4] as const;
/** One in so many routes may be copied into every part. */
const fewest = 20;
/** One part may have one in so many routes. */
const evenly = 8;

const slash = 47;
const modulus = 65_521;

/** The part of a path's beginning that `depth` means, hashed. There is no query in it. */
export function pathHash(path: string, depth: number): number {
  let hash = 0;
  let slashes = 0;
  let left = depth < 0 ? -depth : Number.POSITIVE_INFINITY;
  for (const byte of Buffer.from(path)) {
    if (left-- === 0) break;
    if (byte === slash && ++slashes > depth && depth > 0) break;
    hash = (hash * 31 + byte) % modulus;
  }
  return hash;
}

/** The bucket of every path that a route can match; undefined if there are several. */
export function bucketOf(match: PathMatch, { depth, buckets }: Division): number | undefined {
  const hash = hashOf(match, depth);
  return hash < 0 ? undefined : hash % buckets;
}

/** The hash of that part of every path that a route can match, below zero if there are several. */
function hashOf(match: PathMatch, depth: number): number {
  return fixes(match, depth) ? pathHash(literalOf(match), depth) : -1;
}

/** Up to so many routes are all looked at; of more there are between half as many and so many. */
const sample = 512;

/** The size of a route set as far as its layout depends on it: rough for large ones, so that it hardly ever changes. */
export function roughSize(size: number): number {
  return size <= sample ? size : 2 ** Math.ceil(Math.log2(size));
}

/** Whether a route, by its key, is one of those by which a set of that size is divided. */
export function isSampled(key: string, size: number): boolean {
  if (size <= sample) return true;
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (hash * 31 + key.charCodeAt(i)) % modulus;
  return hash % (roughSize(size) / sample) === 0;
}

/**
 * How a set of that size is divided, judged by the paths of some of its routes; undefined if that would not help, because
 * too many are for any path or all begin alike.
 */
export function divide(paths: readonly PathMatch[], size: number): Division | undefined {
  const buckets = size > 16_384 ? 1024 : size > 2_048 ? 256 : 64;
  const hashes = paths.map(hashesOf);
  const depth = depths.find((_, i) =>
    helps(
      Int32Array.from(hashes, (own) => own[i] ?? -1),
      buckets,
    ),
  );
  return depth === undefined ? undefined : { depth, buckets };
}

function helps(hashes: Int32Array, buckets: number): boolean {
  const sizes = new Uint32Array(buckets);
  let everywhere = 0;
  for (const hash of hashes) {
    if (hash < 0) everywhere++;
    else sizes[hash % buckets] = (sizes[hash % buckets] ?? 0) + 1;
  }
  return everywhere * fewest < hashes.length && Math.max(...sizes) * evenly < hashes.length;
}

const known = new WeakMap<PathMatch, Int32Array>();

/** A route's hash for each depth; remembered, because those by which a set is divided are mostly the same ones. */
function hashesOf(match: PathMatch): Int32Array {
  const remembered = known.get(match);
  if (remembered) return remembered;
  const hashes = Int32Array.from(depths, (depth) => hashOf(match, depth));
  known.set(match, hashes);
  return hashes;
}

function literalOf(match: PathMatch): string {
  if (match.kind === "exact") return match.path;
  return match.kind === "regex" ? "" : match.prefix;
}

function fixes(match: PathMatch, depth: number): boolean {
  switch (match.kind) {
    case "regex":
      return false;
    case "exact":
      return match.caseSensitive;
    case "segments":
      return depth < 0 ? Buffer.byteLength(match.prefix) >= -depth : slashesIn(match.prefix) >= depth;
    case "prefix":
      if (!match.caseSensitive) return false;
      return depth < 0 ? Buffer.byteLength(match.prefix) >= -depth : slashesIn(match.prefix) > depth;
  }
}

function slashesIn(path: string): number {
  return path.split("/").length - 1;
}
