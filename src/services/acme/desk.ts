/**
 * Where what belongs to certificates is kept, as a tender sees it: files of a directory, or objects of a cluster. A
 * desk keeps and tells; what is to be done is decided elsewhere.
 */
import type { AcmeHost, CertificateSpec } from "./acme-host.ts";
import type { Bundle } from "./bundle.ts";
import type { HostEvent } from "./event-texts.ts";
import type { Failure, HostStatus } from "./host-status.ts";
import type { ChallengeBoard, Issued } from "./order.ts";

/** What is stored of a bundle. */
export interface Stored {
  /** The account of its oldest Host; absent when there is none, without a key when it holds none. */
  readonly account?: { readonly key?: string; readonly registration?: string };
  /** PEM texts; absent when there is no Secret, and empty when it holds none. */
  readonly certificate?: StoredTexts;
  /** The last attempt, if it failed. */
  readonly failure?: Failure;
  /** What that attempt depended on, where it is known. */
  readonly attempt?: string;
}

/** A certificate with its key, as PEM. */
export interface StoredTexts {
  readonly chain: string;
  readonly key: string;
  /** Whether somebody else has put it there. */
  readonly isOthers?: boolean;
  /** Why somebody wants it revoked, and another one, in the words of RFC 5280. */
  readonly revoke?: string;
  /** Why nothing can be put in its place. */
  readonly obstacle?: string;
}

/** One order, which another process can go on with. */
export interface OrderDesk {
  /** Where an order stands that was placed before. */
  readonly placed: string | undefined;
  /** An order stands there. */
  keep(url: string): Promise<void>;
  readonly board: ChallengeBoard;
  /** The order is over, whatever has become of it. */
  close(): Promise<void>;
}

/** Keeps. Every call rejects with {@link NotKept} or {@link DeskAway}. */
export interface Desk {
  read(bundle: Bundle): Promise<Stored>;
  fillDefaults(host: AcmeHost, spec: CertificateSpec): Promise<Kept>;
  /** Gives an account a key; one that is there stays. */
  createKey(host: AcmeHost, key: string): Promise<Kept>;
  /** The account is this Host's, too. */
  joinAccount(host: AcmeHost): Promise<void>;
  /** Notes how the authority knows the account; undefined: not at all. */
  keepRegistration(host: AcmeHost, registration: string | undefined): Promise<Kept>;
  beginOrder(bundle: Bundle): Promise<OrderDesk>;
  /** Resolves when it is kept and served. */
  keepCertificate(bundle: Bundle, issued: Issued): Promise<void>;
  keepFailure(bundle: Bundle, failure: Failure, attempt: string): Promise<void>;
  /** What the Hosts' statuses should say now. */
  report(bundle: Bundle, status: HostStatus): Promise<void>;
  tell(bundle: Bundle, event: HostEvent): Promise<void>;
  /** Only these certificates, by the names of their Secrets, are looked after from now on. */
  keepOnly(certificates: ReadonlySet<string>): void;
}

/** Whether what was kept can be read at once, or is told of in its time. */
export type Kept = "readable" | "announced";

/** The place where it is kept refuses, and will refuse it again. The message is for a person. */
export class NotKept extends Error {
  override readonly name = "NotKept";
}

/** The place where it is kept is away, or has something newer. */
export class DeskAway extends Error {
  override readonly name = "DeskAway";
}
