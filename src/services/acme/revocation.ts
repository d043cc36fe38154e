/** Takes certificates back (RFC 8555 section 7.6), in the name of the account that ordered them. */
import { X509Certificate } from "node:crypto";
import type { Account } from "./account.ts";
import { NotKept } from "./desk.ts";
import { isProblem, RequestRefused } from "./problem.ts";
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

/** Revokes one for a reason in somebody's words, unless it is revoked already. */
export async function revokeAsAsked(session: Session, account: Account, chain: string, reason: string): Promise<void> {
  const known = Object.keys(revocationReasons) as (keyof typeof revocationReasons)[];
  const why = known.find((name) => name === reason);
  if (!why) throw new NotKept(`dragoman.io/revoke: ${JSON.stringify(reason)} is none of ${known.join(", ")}`);
  try {
    await revokeCertificate(session, account, chain, why);
  } catch (error) {
    if (!(error instanceof RequestRefused && isProblem(error.problem, "alreadyRevoked"))) throw error;
  }
}
