/**
 * ADMIT of a Module of which Envoy refused what fills one filter slot: it loses that policy's settings, or keeps those
 * of its last good version, and nothing else. Without this a bad script would take address rules and ports with it.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child } from "#base/origin.ts";
import type { RawObject } from "../api/index.ts";
import type { Refusal } from "../history.ts";
import { policies } from "../policies/index.ts";
import type { Policy } from "../policies/policy.ts";

/** What is left of an object, whether some of it is from its last good version, and what to tell. */
export interface Remainder {
  readonly object: RawObject;
  readonly from: "lastGood" | "match";
  readonly diagnostic: Diagnostic;
}

/** The Module without what Envoy refused; nothing where the refusal was not about a slot. */
export function withoutRefusedSlot(
  raw: RawObject,
  refusal: Refusal,
  lastGood: RawObject | undefined,
): Remainder | undefined {
  const policy = policies.find(({ filter }) => filter === refusal.slot);
  const spec = specOf(raw);
  if (!policy || !spec || refusal.matchToo) return undefined;
  const before = Object.entries(specOf(lastGood)?.config ?? {}).filter(([key]) => isOf(policy, key));
  const others = Object.entries(spec.config).filter(([key]) => !isOf(policy, key));
  const config = Object.fromEntries([...others, ...before]);
  const key = Object.keys(spec.config).find((one) => isOf(policy, one));
  // A Module that fills the slot as a whole is left out as a whole, like any other object.
  if (key === undefined) return undefined;
  return {
    object: { ...raw, body: { ...raw.body, spec: { ...spec, config } } },
    from: before.length > 0 ? "lastGood" : "match",
    diagnostic: diagnose(
      "envoy/refused",
      child({ ref: raw.ref, path: ".spec.config" }, key),
      `Envoy ${refusal.envoyVersion} refuses ${key}: ${refusal.message}`,
      { traffic: before.length > 0 ? `${key} is in force as it was before the change` : policy.without },
    ),
  };
}

function specOf(raw: RawObject | undefined): { readonly config: object } | undefined {
  const spec = raw?.ref.kind === "Module" ? raw.body["spec"] : undefined;
  if (typeof spec !== "object" || spec === null || !("config" in spec)) return undefined;
  return typeof spec.config === "object" && spec.config !== null ? { ...spec, config: spec.config } : undefined;
}

function isOf(policy: Policy, key: string): boolean {
  return policy.keys.some((one) => one === key);
}
