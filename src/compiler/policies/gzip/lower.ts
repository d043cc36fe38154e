/** LOWER of the Module's `gzip`. */
import { type Checked, type Diagnostic, diagnose, fail, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { ModuleConfig } from "../../api/index.ts";

/** How answers are compressed, and which. What is absent is left to Envoy. */
export interface GzipSettings {
  /** zlib's level: 1 is the fastest, 9 gives the smallest answers, 0 is what zlib thinks best. */
  readonly level: number;
  /** zlib's strategy, by its number in zlib and in Envoy. */
  readonly strategy: number;
  readonly memoryLevel?: number;
  readonly windowBits?: number;
  readonly minContentLength?: number;
  readonly contentTypes: readonly string[];
  readonly leaveEtags: boolean;
  readonly hideAcceptEncoding: boolean;
}

/** The names of 1.x and those of Envoy's current API. */
const levels: Readonly<Record<string, number>> = {
  DEFAULT: 0,
  DEFAULT_COMPRESSION: 0,
  SPEED: 1,
  BEST_SPEED: 1,
  BEST: 9,
  BEST_COMPRESSION: 9,
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((level) => [`COMPRESSION_LEVEL_${level}`, level])),
};
const strategies: Readonly<Record<string, number>> = {
  DEFAULT: 0,
  DEFAULT_STRATEGY: 0,
  FILTERED: 1,
  HUFFMAN: 2,
  HUFFMAN_ONLY: 2,
  RLE: 3,
  FIXED: 4,
};

/** What is asked for; an empty `gzip` compresses by Envoy's defaults. */
export function lowerGzip({ gzip: given }: ModuleConfig, at: Origin): Checked<GzipSettings> {
  if (!given) return { diagnostics: [] };
  const here = child(at, "gzip");
  const level = choose(levels, given.compression_level);
  const strategy = choose(strategies, given.compression_strategy);
  if (level === undefined) return fail(unknownValue(here, "compression_level", given, levels));
  if (strategy === undefined) return fail(unknownValue(here, "compression_strategy", given, strategies));
  const { memory_level: memoryLevel, window_bits: windowBits, min_content_length: minContentLength } = given;
  return ok({
    level,
    strategy,
    ...(memoryLevel === undefined ? {} : { memoryLevel }),
    ...(windowBits === undefined ? {} : { windowBits }),
    ...(minContentLength === undefined ? {} : { minContentLength }),
    contentTypes: given.content_type ?? [],
    leaveEtags: given.disable_on_etag_header ?? false,
    hideAcceptEncoding: given.remove_accept_encoding_header ?? false,
  });
}

/** By name, or by the number that the name stands for. */
function choose(table: Readonly<Record<string, number>>, given: string | number = 0): number | undefined {
  if (typeof given === "string") return Object.hasOwn(table, given) ? table[given] : undefined;
  return Object.values(table).includes(given) ? given : undefined;
}

function unknownValue<K extends "compression_level" | "compression_strategy">(
  at: Origin,
  key: K,
  given: Readonly<Partial<Record<K, string | number>>>,
  table: Readonly<Record<string, number>>,
): Diagnostic {
  const value = JSON.stringify(given[key])?.slice(0, 40);
  return diagnose("gzip/unknown-value", child(at, key), `there is no ${key} ${value}`, {
    traffic: "answers are not compressed",
    hint: `use one of ${Object.keys(table).join(", ")}`,
  });
}
