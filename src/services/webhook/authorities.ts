/**
 * The authorities that replicas of the webhook share: how they stand in a Secret, when a new one is due, and which one
 * signs. A new one is believed by the API server before anything signed by it is shown, and an old one is believed
 * until it ends, so that replicas need not change at the same moment.
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { errorCode } from "#base/error-code.ts";
import { type Identity, makeAuthority, validityOf } from "./certificate.ts";

/** In ms. */
export interface Lifetimes {
  readonly authorityMs: number;
  /** How long before an authority ends there is another one. */
  readonly overlapMs: number;
  /** What is shown to the API server is made anew after two thirds of this. */
  readonly serverMs: number;
}

const dayMs = 86_400_000;

/** The product's own. */
export const defaultLifetimes: Lifetimes = { authorityMs: 365 * dayMs, overlapMs: 30 * dayMs, serverMs: 14 * dayMs };

/** The data of the Secret, decoded. */
export interface SecretTexts {
  readonly certificates: string;
  readonly keys: string;
}

/** The authorities of a Secret, oldest first; undefined where they are not what {@link writeAuthorities} wrote. */
export function readAuthorities({ certificates, keys }: SecretTexts): readonly Identity[] | undefined {
  const [certificateTexts, keyTexts] = [blocks(certificates), blocks(keys)];
  if (certificateTexts.length !== keyTexts.length) return undefined;
  const found = certificateTexts.map((certificate, index) => ({ certificate, key: keyTexts[index] ?? "" }));
  return found.every(isAuthority) ? found : undefined;
}

/** The other way. */
export function writeAuthorities(authorities: readonly Identity[]): SecretTexts {
  return {
    certificates: authorities.map(({ certificate }) => certificate).join(""),
    keys: authorities.map(({ key }) => key).join(""),
  };
}

/** Those that there should be at a time: without those that have ended, and with a new one when that is due. */
export async function renewAuthorities(
  known: readonly Identity[],
  now: number,
  { authorityMs, overlapMs }: Lifetimes,
): Promise<readonly Identity[]> {
  const good = known.filter(({ certificate }) => validityOf(certificate).until > now);
  const newest = good.at(-1);
  if (newest && validityOf(newest.certificate).until - now > overlapMs) return good;
  return [...good, await makeAuthority({ from: now - clockSkewMs, until: now + authorityMs })];
}

/** Clocks of machines differ. */
export const clockSkewMs = 300_000;

/** The newest that the API server surely believes; while there is none, the oldest, which it believes if any. */
export function signerOf(
  authorities: readonly Identity[],
  isBelieved: (one: Identity) => boolean,
): Identity | undefined {
  return authorities.findLast(isBelieved) ?? authorities[0];
}

function blocks(pem: string): readonly string[] {
  return pem.match(/-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----\n?/g) ?? [];
}

function isAuthority({ certificate, key }: Identity): boolean {
  try {
    const parsed = new X509Certificate(certificate);
    return parsed.ca && parsed.checkPrivateKey(createPrivateKey(key));
  } catch (error) {
    if (errorCode(error) !== undefined) return false;
    throw error;
  }
}
