/** What a desk has stored, as what decides about it sees it. */
import { type AccountKey, UnusableKey } from "./account-key.ts";
import type { AcmeHost } from "./acme-host.ts";
import type { Bundle } from "./bundle.ts";
import { isKeyOf, readChain } from "./chain.ts";
import type { Facts } from "./decide.ts";
import { NotKept, type Stored, type StoredTexts } from "./desk.ts";
import type { StoredCertificate } from "./renewal.ts";

/** The Host with this registration and no other. */
export function withRegistration(host: AcmeHost, registration: string | undefined): AcmeHost {
  const { registration: _, ...acmeProvider } = host.spec.acmeProvider ?? {};
  if (host.spec.acmeProvider === undefined && registration === undefined) return host;
  const known = { ...acmeProvider, ...(registration === undefined ? {} : { registration }) };
  return { ...host, spec: { ...host.spec, acmeProvider: known } };
}

/** Whether the Secret of the account holds a key that can be used. */
export async function accountKeyOf(
  { account }: Stored,
  readKey: (pem: string) => Promise<AccountKey>,
): Promise<Facts["accountKey"]> {
  if (!account) return { kind: "missing" };
  try {
    await readKey(account.key ?? "");
    return { kind: "present" };
  } catch (error) {
    if (error instanceof UnusableKey) return { kind: "broken", why: error.message };
    throw error;
  }
}

/** Judges what is stored; the same texts, which are there at most looks, are not read again. */
export function createCertificateReader(): (stored: Stored) => StoredCertificate {
  let last: { readonly texts: StoredTexts; readonly found: StoredCertificate } | undefined;
  return ({ certificate: texts }) => {
    if (!texts) return { kind: "missing" };
    const isSame = (["chain", "key", "revoke"] as const).every((name) => last?.texts[name] === texts[name]);
    if (!last || !isSame) last = { texts, found: judged(texts) };
    return last.found;
  };
}

function judged({ chain: pem, key, revoke }: StoredTexts): StoredCertificate {
  const chain = readChain(pem);
  if (!chain) return { kind: "broken", why: "it is no certificate" };
  return { kind: "present", chain, isKeyOf: isKeyOf(key, chain), ...(revoke === undefined ? {} : { revoke }) };
}

/** Before an order: what somebody else has put into a Secret for other names may be the only copy of its key. */
export function refuseOthers({ names }: Bundle, stored: Stored, certificate: StoredCertificate): void {
  if (stored.certificate?.obstacle) throw new NotKept(stored.certificate.obstacle);
  if (!stored.certificate?.isOthers || certificate.kind !== "present" || !certificate.isKeyOf) return;
  if (certificate.chain.names.some((name) => names.includes(name))) return;
  const theirs = certificate.chain.names.join(", ");
  throw new NotKept(`the Secret is somebody else's, with a certificate for ${theirs}; let tlsSecret name another one`);
}
