/**
 * An account at an authority (RFC 8555 section 7.3): a key, and the URL under which the authority knows it. Asking
 * twice with the same key gives the same account.
 */

import { fieldsOf, valueOfJson } from "#base/fields.ts";
import { type AccountKey, type ExternalAccount, externalBinding, signed } from "./account-key.ts";
import { NoAuthority } from "./problem.ts";
import type { Answer, Session } from "./session.ts";

/** An account that can order. */
export interface Account {
  readonly key: AccountKey;
  /** Its URL. */
  readonly kid: string;
  /** The account as the authority described it: what a Host's `registration` holds. */
  readonly registration: Registration;
}

/** The JSON form in which accounts have been stored since Edge Stack. */
export interface Registration {
  readonly body: Readonly<Record<string, unknown>>;
  readonly uri: string;
}

/** What an account is made with. */
export interface AccountRequest {
  readonly key: AccountKey;
  readonly email?: string;
  readonly externalAccount?: ExternalAccount;
}

/** Makes the account of a key, agreeing to the authority's terms, or finds the one that it has. */
export async function registerAccount(session: Session, request: AccountRequest): Promise<Account> {
  const { newAccount } = await session.directory();
  const { key, email, externalAccount } = request;
  const answer = await session.post(
    newAccount,
    { key },
    {
      termsOfServiceAgreed: true,
      contact: contactOf(email),
      ...(externalAccount ? { externalAccountBinding: await externalBinding(key, externalAccount, newAccount) } : {}),
    },
  );
  return accountOf(key, answer, answer.location);
}

/** The account that a key has; rejects with `accountDoesNotExist` where it has none. */
export async function findAccount(session: Session, key: AccountKey): Promise<Account> {
  const { newAccount } = await session.directory();
  const answer = await session.post(newAccount, { key }, { onlyReturnExisting: true });
  return accountOf(key, answer, answer.location);
}

/** Whether the authority tells of no other address than this one; those that keep none tell of none. */
export function hasContact({ body: { contact } }: Registration, email: string): boolean {
  return !Array.isArray(contact) || (contact.length === 1 && contact[0] === `mailto:${email}`);
}

/** Replaces the address of an account; none takes it away. */
export async function updateContact(session: Session, account: Account, email?: string): Promise<Account> {
  const contact = contactOf(email);
  const answer = await session.post(account.kid, account, { contact });
  // As it was asked for: how an authority writes it must not look like another address.
  const fields = answer.fields["contact"] === undefined ? answer.fields : { ...answer.fields, contact };
  return accountOf(account.key, { ...answer, fields }, account.kid);
}

/**
 * Gives an account another key (RFC 8555 section 7.3.5); the old one is worth nothing afterwards. Nothing does so by
 * itself: a key may be somebody's only copy.
 */
export async function rollKey(session: Session, account: Account, next: AccountKey): Promise<Account> {
  const { keyChange } = await session.directory();
  const inner = await signed(next, { url: keyChange }, { account: account.kid, oldKey: account.key.jwk });
  await session.post(keyChange, account, JSON.parse(inner));
  return { ...account, key: next };
}

/** Reads what a Host's `registration` holds; undefined where it is not that. */
export function readRegistration(text: string): Registration | undefined {
  const stored = fieldsOf(valueOfJson(text));
  const { uri, body } = stored;
  return typeof uri === "string" && URL.canParse(uri) ? { body: fieldsOf(body), uri } : undefined;
}

const contactOf = (email: string | undefined): readonly string[] => (email ? [`mailto:${email}`] : []);

function accountOf(key: AccountKey, { fields }: Answer, kid: string | undefined): Account {
  if (kid === undefined) throw new NoAuthority("the authority made an account and does not say where");
  const { status, contact } = fields;
  const body = { ...(status === undefined ? {} : { status }), ...(contact === undefined ? {} : { contact }) };
  return { key, kid, registration: { body, uri: kid } };
}
