/** The last attempt of this process at each certificate: the status, which tells of it, is seen again only later. */
import type { Bundle } from "../bundle.ts";
import type { Stored } from "../desk.ts";

/** How an attempt ended; without a failure it did well. */
type Outcome = Pick<Stored, "failure" | "attempt">;

interface Attempt {
  readonly hosts: string;
  readonly outcome: Outcome;
}

/** By the name of the certificate's Secret. */
export type Attempts = Map<string, Attempt>;

/** Notes how an attempt has ended. */
export function noteAttempt(attempts: Attempts, bundle: Bundle, outcome: Outcome): void {
  attempts.set(certificateOf(bundle), { hosts: hostsOf(bundle), outcome });
}

/** How the last one ended; undefined where this process knows of none. */
export function lastAttempt(attempts: Attempts, bundle: Bundle): Outcome | undefined {
  const last = attempts.get(certificateOf(bundle));
  return last?.hosts === hostsOf(bundle) ? last.outcome : undefined;
}

/** The name of a certificate's Secret, by which it is known. */
export const certificateOf = ({ secret }: Bundle): string => `${secret.namespace}/${secret.name}`;

// Whoever makes a Host anew wants another attempt.
const hostsOf = ({ hosts }: Bundle): string => hosts.map(({ created }) => created).join(" ");
