/** Takes a certificate back (RFC 8555 section 7.6), in the name of the account that ordered it. */
import { X509Certificate } from "node:crypto";
import type { Account } from "./account.ts";
import type { Session } from "./session.ts";

/** Reasons of RFC 5280 that authorities take. */
export const revocationReasons = { unspecified: 0, keyCompromise: 1, superseded: 4, cessationOfOperation: 5 } as const;

/** Revokes the first certificate of a chain in PEM. */
export async function revokeCertificate(
  session: Session,
  account: Account,
  chain: string,
  reason: keyof typeof revocationReasons = "unspecified",
): Promise<void> {
  const { revokeCert } = await session.directory();
  const certificate = new X509Certificate(chain).raw.toString("base64url");
  await session.post(revokeCert, account, { certificate, reason: revocationReasons[reason] });
}
