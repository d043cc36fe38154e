/** Tells what an API server, the network or credentials do wrong from bugs. */
import { AccessUnavailable } from "./access.ts";
import { ApiFailure, NoAnswer } from "./failure.ts";

/** Whether a failed request is nobody's bug; a time that has run out is the server's. */
export function isOutside(error: unknown): error is Error {
  if (error instanceof ApiFailure || error instanceof NoAnswer || error instanceof AccessUnavailable) return true;
  return error instanceof Error && error.name === "TimeoutError";
}
