/**
 * What a tender is given, what it remembers from look to look, and what it finds at one of them. Whatever it remembers
 * is for the sake of manners alone: a process that begins without it does nothing wrong.
 */
import type { Log } from "#base/log.ts";
import type { Registration } from "./account.ts";
import type { AccountKey, ExternalAccount } from "./account-key.ts";
import type { AcmeHost } from "./acme-host.ts";
import type { Bundle } from "./bundle.ts";
import type { Desk, Stored } from "./desk.ts";
import type { NameWatch } from "./name-watch.ts";
import type { OrderChoice } from "./order-once.ts";
import type { StoredCertificate } from "./renewal.ts";
import type { RenewalInfo } from "./renewal-info.ts";
import type { LookedUp } from "./retry.ts";
import type { Session } from "./session.ts";
import { createCertificateReader } from "./stored-facts.ts";

/** What a certificate is looked after with. */
export interface TenderTools {
  readonly desk: Desk;
  readonly log: Log;
  session(authority: string): Session;
  /** Works alone on an account, which several certificates may share. */
  alone<T>(owner: string, work: () => Promise<T>): Promise<T>;
  /** Orders when it is its turn. */
  ordering<T>(authority: string, work: () => Promise<T>): Promise<T>;
  /** Of accounts that this process has registered, by their names: Hosts that share one ask once. */
  readonly registrations: Map<string, KnownRegistration>;
  /** Reads an account's key, once for all who share it; rejects with UnusableKey. */
  readKey(pem: string): Promise<AccountKey>;
  readonly choice?: AcmeChoice | undefined;
  readonly now: () => number;
  readonly chance: () => number;
}

/** How an authority knows an account with this key. */
export interface KnownRegistration {
  readonly key: string;
  readonly registration: Registration;
}

/** What an operator decides for all certificates. */
export interface AcmeChoice extends OrderChoice {
  /** For authorities that make no account without one. */
  readonly externalAccount?: ExternalAccount;
}

/** What a tender remembers. */
export interface TenderState {
  /** The certificate's Secret. */
  readonly key: string;
  readonly certificateOf: (stored: Stored) => StoredCertificate;
  /** What the authority said of when to renew a certificate, by the certificate's id. */
  info?: { readonly id: string; readonly askAt: number; readonly told?: RenewalInfo | undefined };
  /** The names, while an attempt waits for them. */
  watch: NameWatch | undefined;
  lookedUp: LookedUp;
  /** The last failure that was logged. */
  said: string;
  obtainedAt: number;
  wasReady: boolean;
  /** What was kept for a bundle, and is done again if it is not seen by then. */
  announced: { readonly bundle: string; readonly until: number } | undefined;
}

/** That of a tender which has not looked yet. */
export function openState(key: string): TenderState {
  return {
    key,
    certificateOf: createCertificateReader(),
    watch: undefined,
    lookedUp: {},
    said: "",
    obtainedAt: Number.NEGATIVE_INFINITY,
    wasReady: true,
    announced: undefined,
  };
}

/** One look: who looks, and what there is. */
export interface Visit {
  readonly tools: TenderTools;
  readonly state: TenderState;
  readonly bundle: Bundle;
  /** Whose account it is, or the first one that lacks a default. */
  readonly host: AcmeHost;
  readonly stored: Stored;
}

/** What is not asked for before is asked for after so long. */
export const longestWaitMs: number = 6 * 3_600_000;
