/** Challenges of certificate authorities: what is answered while a certificate is ordered, an input. */
import type { ResourceRef } from "#base/origin.ts";

/** Where authorities look for answers (RFC 8555 section 8.3). */
export const challengePath = "/.well-known/acme-challenge/";

/** The answer to one token, which is its key. */
export interface Challenge {
  /** The Host that asks for the certificate. */
  readonly ref: ResourceRef;
  /** The name that the authority asks under. */
  readonly hostname: string;
  readonly answer: string;
}
