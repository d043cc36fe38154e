/**
 * When an authority wants a certificate to be renewed (ACME Renewal Information, RFC 9773): sooner than its age says
 * when it is about to be revoked, or when many others would renew at the same time.
 */
import { printable } from "#base/printable.ts";
import type { Session } from "./session.ts";

/** A window in which to renew, and when to ask again. Ms since 1970, and ms. */
export interface RenewalInfo {
  readonly start: number;
  readonly end: number;
  readonly askAgainMs: number;
  /** Address of a page that says why. */
  readonly explanation?: string;
}

const [shortestMs, longestMs, usualMs] = [60_000, 24 * 3_600_000, 6 * 3_600_000];

/** Asks about a certificate; undefined where the authority knows nothing of such questions, or answers nonsense. */
export async function askRenewalInfo(session: Session, renewalId: string): Promise<RenewalInfo | undefined> {
  const { renewalInfo } = await session.directory();
  if (renewalInfo === undefined) return undefined;
  const { fields, retryAfterMs = usualMs } = await session.get(`${renewalInfo.replace(/\/$/, "")}/${renewalId}`);
  const given = fields["suggestedWindow"];
  const window: Readonly<Record<string, unknown>> = typeof given === "object" && given !== null ? { ...given } : {};
  const [start, end] = [Date.parse(String(window["start"])), Date.parse(String(window["end"]))];
  if (!(start < end)) return undefined;
  const page = fields["explanationURL"];
  const askAgainMs = Math.min(longestMs, Math.max(shortestMs, retryAfterMs));
  return { start, end, askAgainMs, ...(typeof page === "string" ? { explanation: printable(page) } : {}) };
}
