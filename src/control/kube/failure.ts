/**
 * What can go wrong with a request to an API server, told apart by what follows from it.
 */
import { fieldsOf, list, text } from "#base/fields.ts";

/** An answer that is not 2xx, with what the server's `Status` says; or an ERROR event of a watch. */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  /** HTTP status. */
  readonly status: number;
  /** `Expired`, `Conflict`, `NotFound`, …; empty where the answer was no `Status`. */
  readonly reason: string;
  /** The reasons of its causes. */
  readonly causes: readonly string[];
  /** How long the server wants to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, body: unknown, retryAfterMs?: number) {
    const fields = fieldsOf(body);
    super(text(fields, "message") ?? `the API server answered ${status}`);
    const details = fieldsOf(fields["details"]);
    const seconds = details["retryAfterSeconds"];
    this.status = status;
    this.reason = text(fields, "reason") ?? "";
    this.causes = list(details, "causes").flatMap((cause) => text(cause, "reason") ?? []);
    this.retryAfterMs = retryAfterMs ?? (typeof seconds === "number" && seconds > 0 ? seconds * 1000 : undefined);
  }
}

/** No answer, or a broken one: the server is not there, is too slow, or talks no API. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Whether the same request may do better later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NoAnswer) return true;
  return error instanceof ApiFailure && (error.status === 429 || error.status >= 500);
}

/** The history that a watch or a page needs is gone; what there is now must be listed. */
export function isExpired(error: unknown): boolean {
  return error instanceof ApiFailure && (error.status === 410 || error.reason === "Expired" || error.reason === "Gone");
}
