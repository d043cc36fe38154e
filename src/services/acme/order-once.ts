/**
 * One attempt to get a certificate: with the order that somebody began before, where there is one, and with an account
 * that the authority may have forgotten.
 */
import { findAccount } from "./account.ts";
import type { Bundle } from "./bundle.ts";
import type { Step } from "./decide.ts";
import { type Desk, DeskAway, NotKept, type OrderDesk } from "./desk.ts";
import { type CertificateOrder, type Issued, type Orderer, obtainCertificate } from "./order.ts";
import { isProblem, RequestRefused } from "./problem.ts";

/** That a certificate is to be obtained. */
export type Obtain = Extract<Step, { readonly kind: "obtain" }>;

/** What certificates an operator wants, where it is not left to the authority and to us. */
export type OrderChoice = Pick<CertificateOrder, "keyKind" | "preferredChain">;

/** Undefined when the authority knows no such account, or knows the key by another one: it is to be asked anew. */
export async function orderOnce(
  parts: Pick<Orderer, "session" | "account">,
  bundle: Bundle,
  step: Obtain,
  desk: Desk,
  choice: OrderChoice = {},
): Promise<Issued | undefined> {
  const { names } = bundle;
  const order = await desk.beginOrder(bundle);
  const replaces = step.replaces === undefined ? {} : { replaces: step.replaces };
  try {
    const orderer = { ...parts, board: order.board, onPlaced: order.keep };
    return await obtainCertificate(orderer, { ...choice, names, placed: order.placed, ...replaces });
  } catch (error) {
    if (error instanceof RequestRefused && (await isAnotherAccount(error, parts))) return undefined;
    throw error;
  } finally {
    await endOrder(order);
  }
}

/** That an order has not been put away does not matter to what became of it. */
async function endOrder(order: OrderDesk): Promise<void> {
  try {
    await order.close();
  } catch (error) {
    if (!(error instanceof NotKept || error instanceof DeskAway)) throw error;
  }
}

async function isAnotherAccount(
  { problem }: RequestRefused,
  { session, account }: Pick<Orderer, "session" | "account">,
): Promise<boolean> {
  if (isProblem(problem, "accountDoesNotExist")) return true;
  if (!["malformed", "unauthorized"].some((kind) => isProblem(problem, kind))) return false;
  try {
    return (await findAccount(session, account.key)).kid !== account.kid;
  } catch (error) {
    if (error instanceof RequestRefused) return isProblem(error.problem, "accountDoesNotExist");
    throw error;
  }
}
