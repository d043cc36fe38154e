/**
 * How long after a failure nothing is tried: a series for each kind of failure, doubled by each one in a row, never
 * less than the authority asks for. The last failure is all that it needs to know.
 */
import type { Failure } from "./host-status.ts";

/** Names that do not resolve are soon mended, and ask nothing of the authority; other failures may be its limits. */
export type FailureKind = "names" | "other";

const minute = 60_000;
const firstMs: Readonly<Record<FailureKind, number>> = { names: 2 * minute, other: 10 * minute };
const longestMs = 24 * 60 * minute;

/** How long a Secret that somebody else is to make is not complained about again. */
export const missingSecretMs: number = 5 * minute;

/** The kind of a failure, from its text alone, which is all that a status keeps. */
export function failureKind(reason: string): FailureKind {
  if (reason.includes("urn:ietf:params:acme:error:rateLimited")) return "other";
  return unresolved.test(reason) ? "names" : "other";
}

// Authorities that do not tell failures of the DNS from those of connections tell them in words.
const unresolved = /NXDOMAIN|urn:ietf:params:acme:error:dns|:error:connection :: .*\bresolv(?:e|ing)\b/;

/** What is known of a failure as it happens. */
export interface NewFailure {
  readonly reason: string;
  readonly at: number;
  /** What the authority asks for. */
  readonly retryAfterMs?: number | undefined;
}

/** The failure with its back-off. `chance` from 0 to 1 spreads Hosts that fail together, by up to a tenth. */
export function nextFailure(fresh: NewFailure, last: Failure | undefined, chance: number): Failure {
  const { reason, at, retryAfterMs = 0 } = fresh;
  const kind = failureKind(reason);
  const isSameKind = last !== undefined && failureKind(last.reason) === kind;
  const nominal = isSameKind ? nominalMs(last.backOffMs, kind) * 2 : firstMs[kind];
  const spread = Math.min(longestMs, Math.round((nominal * (1 + chance / 10)) / 1000) * 1000);
  return { reason, at, backOffMs: Math.max(spread, Math.ceil(retryAfterMs / 1000) * 1000) };
}

/** The longest of the series that is not longer than a back-off with its spread. */
function nominalMs(backOffMs: number, kind: FailureKind): number {
  let nominal = firstMs[kind];
  while (nominal * 2 <= Math.min(backOffMs, longestMs)) nominal *= 2;
  return nominal;
}

const earlyEveryMs = minute;

/** What the DNS told while a back-off runs. */
export interface LookedUp {
  /** When the answer for one of the names last appeared or changed. */
  readonly changedAt?: number;
  /** When an attempt was last made before its time because of that. */
  readonly lastEarlyAt?: number;
}

/** When to try again. Names that have begun to resolve are tried at once, but not more than once a minute. */
export function retryAt({ reason, at, backOffMs }: Failure, { changedAt, lastEarlyAt }: LookedUp): number {
  const due = at + backOffMs;
  if (failureKind(reason) !== "names" || changedAt === undefined || changedAt < at) return due;
  return Math.min(due, Math.max(changedAt, lastEarlyAt === undefined ? 0 : lastEarlyAt + earlyEveryMs));
}
