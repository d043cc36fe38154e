/** Tells the failures of an authority, of the network and of users from bugs. */
import { UnusableKey } from "./account-key.ts";
import { NotKept } from "./desk.ts";
import { NoAuthority, OrderFailed, RequestRefused } from "./problem.ts";

/** What may go wrong with a certificate and is nobody's bug; the message is for a person. */
export type Outside = RequestRefused | OrderFailed | NoAuthority | UnusableKey | NotKept;

/** Whether a failure is one of these. */
export function isOutside(error: unknown): error is Outside {
  return [RequestRefused, OrderFailed, NoAuthority, UnusableKey, NotKept].some((kind) => error instanceof kind);
}
