/**
 * LOWER of splits: which share of a path's requests goes where. The shares are those of the splits that can be served;
 * what they do not add up to is made up in proportion, so that no request is left over.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { KnativePath, KnativeSplit } from "../../api/index.ts";
import type { Reads } from "../../graph/graph.ts";
import type { ClusterDecl } from "../../ir/cluster.ts";
import type { HashKey } from "../../ir/route.ts";
import { type BackendLookup, lowerBackend } from "../ingress-backend.ts";

/** A split that can be served. */
export interface LoweredSplit {
  readonly index: number;
  readonly at: Origin;
  readonly split: KnativeSplit;
  readonly upstream: ClusterDecl;
  readonly hashOn?: HashKey;
  /** Percent; absent: all. */
  readonly weight?: number;
}

/** Lowers the splits of a path; none: requests get 503. */
export function lowerSplits(
  lookup: BackendLookup,
  { splits }: KnativePath,
  path: Origin,
  reads: Reads,
  diagnostics: Diagnostic[],
): readonly LoweredSplit[] {
  if (splits.length === 0)
    diagnostics.push(...lowerBackend(lookup, undefined, child(path, "splits"), reads).diagnostics);
  const lowered = splits.map((split, index) => {
    const at = child(path, "splits", index);
    return { index, at, split, ...lowerBackend(lookup, split.backend, at, reads) };
  });
  const usable = lowered.flatMap(({ value, diagnostics: _, ...rest }) => (value ? [{ ...rest, upstream: value }] : []));
  const traffic = usable.length > 0 ? "the other splits get its share of the requests" : "requests get 503";
  for (const { value, diagnostics: found } of lowered) {
    diagnostics.push(...found.map((one) => (value ? one : { ...one, traffic })));
  }
  if (splits.length > 1) diagnostics.push(...judgeSum(splits, path));
  return usable.length > 1 ? weighed(usable) : usable;
}

function percentOf({ split }: { readonly split: KnativeSplit }): number {
  return split.percent ?? 0;
}

/** Whole percents that add up to 100; without any percent all splits are alike. */
function weighed(usable: readonly LoweredSplit[]): readonly LoweredSplit[] {
  const sum = usable.reduce((total, one) => total + percentOf(one), 0);
  if (sum === 0) return usable;
  let before = 0;
  let given = 0;
  return usable.map((one) => {
    before += percentOf(one);
    const upTo = Math.round((before * 100) / sum);
    const weight = upTo - given;
    given = upTo;
    return { ...one, weight };
  });
}

function judgeSum(splits: readonly KnativeSplit[], path: Origin): readonly Diagnostic[] {
  const sum = splits.reduce((total, split) => total + (split.percent ?? 0), 0);
  if (sum === 100) return [];
  const message = `the percentages of the splits add up to ${sum}`;
  const traffic = sum === 0 ? "all splits get equal shares of the requests" : "each split gets its part of that sum";
  return [
    diagnose("ingress/uneven-splits", child(path, "splits"), message, { traffic, hint: "let them add up to 100" }),
  ];
}
