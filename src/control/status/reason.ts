/** What is wrong with an object, in one line for its status. */
import type { Diagnostic } from "#base/diagnostic.ts";
import { namesOf } from "../replicas/fold.ts";

const longestReason = 1000;

/** Where, what, and what traffic sees, of all; not longer than people read. */
export function reasonOf(errors: readonly Diagnostic[]): string {
  const reason = errors.map(({ at, message, traffic }) => sentence(at.path, message, traffic)).join("; ");
  return reason.length > longestReason ? `${reason.slice(0, longestReason - 1)}…` : reason;
}

/** Who has not acknowledged an object that is well. */
export function waitingReason(behind: readonly string[]): string {
  return `${namesOf(behind)} ${behind.length === 1 ? "has" : "have"} not acknowledged it yet`;
}

function sentence(path: string, message: string, traffic: string | undefined): string {
  const where = path === "" || message.startsWith(path) ? "" : `${path}: `;
  return `${where}${message}${traffic === undefined ? "" : ` (${traffic})`}`;
}
