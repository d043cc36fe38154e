/**
 * A spec of one version → the same spec in another: what the conversion webhook of the custom resources answers, and
 * what admission does on the way to the hub. Never fails on a spec that its version's schema allows.
 */
import { generationOf, type Kind, type Loose } from "./kind.ts";
import type { ApiVersion } from "./schema/index.ts";

/** Converts a valid spec. Versions of one generation spell everything alike. */
export function convertSpec(kind: Kind, spec: Loose, from: ApiVersion, to: ApiVersion): Loose {
  const [source, target] = [generationOf(from), generationOf(to)];
  if (source === target) return spec;
  return (target === "hub" ? kind.toHub(spec) : kind.fromHub(spec)) as Loose;
}
