/** What the policies make of a request on its route, in the order of their filters, as far as nobody must be asked. */
import type { Origin } from "#base/origin.ts";
import type { Declared } from "../compile.ts";
import type { Route } from "../ir/route.ts";
import { policies } from "../policies/index.ts";
import type { Policy } from "../policies/policy.ts";
import type { Outcome, Word } from "./explanation.ts";
import type { SeenRequest } from "./request.ts";

/** What takes the request: a user's route, one of our own without settings, or none. */
export type JudgedBy = { readonly route: Route; readonly toHttps: boolean } | "own" | "none";

/** The outcome with what policies say before it; it is another one where a policy answers by itself. */
export function afterPolicies(declared: Declared, by: JudgedBy, request: SeenRequest, outcome: Outcome): Outcome {
  const words: Word[] = [];
  for (const policy of policies) {
    if (!isInterested(policy, by)) continue;
    const asked = askedOf(declared, policy);
    const own = typeof by === "string" ? undefined : ownOf(policy, by);
    const settings = asked ? asked.value : policy.route?.slot;
    const verdict = settings === undefined ? undefined : policy.why?.(settings, request, own);
    if (!verdict) continue;
    const at = asked?.origin ?? outcome.at;
    const word: Word = { policy: policy.name, says: verdict.says, ...(at ? { at } : {}) };
    if (verdict.status === undefined) words.push(word);
    else return { ...answer(outcome, verdict.status, word), ...before(words) };
  }
  return { ...outcome, ...before(words) };
}

function isInterested({ needs }: Policy, by: JudgedBy): boolean {
  if (needs === "service") return typeof by !== "string" && !by.toHttps && by.route.action.kind === "forward";
  return needs === undefined || by !== "none";
}

function ownOf(policy: Policy, { route, toHttps }: Exclude<JudgedBy, string>): unknown {
  return toHttps ? policy.route?.toHttps : route.policies?.[policy.name];
}

function before(words: readonly Word[]): { readonly before?: readonly Word[] } {
  return words.length === 0 ? {} : { before: words };
}

function answer({ percent }: Outcome, status: number, { policy, says, at }: Word): Outcome {
  return { percent, policy, ...(at ? { at } : {}), does: { kind: "respond", status, because: `${policy} ${says}` } };
}

/** What the Module or a service of the policy's own kind asks of it. */
function askedOf(
  { asked, module }: Declared,
  policy: Policy,
): { readonly value: unknown; readonly origin: Origin } | undefined {
  const own = asked[policy.name]?.get("");
  const settings = module.settings.get("");
  if (own || !settings) return own;
  const { value } = policy.lower(settings.config, settings.at);
  return value === undefined ? undefined : { value, origin: settings.at };
}
