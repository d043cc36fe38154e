/**
 * What an authority says went wrong (RFC 7807, RFC 8555 section 6.7), in its own words, and the other ways in which a
 * request to it can fail. Texts of an authority are bounded and free of control characters, and otherwise unchanged.
 */
import { fieldsOf } from "#base/fields.ts";
import { printable } from "#base/printable.ts";

/** A problem document. */
export interface Problem {
  /** `urn:ietf:params:acme:error:…`. */
  readonly type: string;
  readonly detail: string;
  readonly status: number;
  readonly instance?: string;
  /** Of which name it speaks, where it is part of another one. */
  readonly name?: string;
  readonly parts: readonly Problem[];
}

const longestDetail = 2000;
const mostParts = 100;

/** Reads a problem document; whatever it lacks is made up from the HTTP status. */
export function readProblem(body: unknown, status: number): Problem {
  const fields = fieldsOf(body);
  const identifier = fieldsOf(fields["identifier"]);
  const parts = Array.isArray(fields["subproblems"]) ? fields["subproblems"].slice(0, mostParts) : [];
  const instance = text(fields["instance"]);
  const name = text(identifier["value"]);
  return {
    type: text(fields["type"]) ?? "about:blank",
    detail: text(fields["detail"]) ?? text(fields["title"]) ?? `the authority answered ${status}`,
    status: typeof fields["status"] === "number" ? fields["status"] : status,
    ...(instance === undefined ? {} : { instance }),
    ...(name === undefined ? {} : { name }),
    parts: parts.map((part) => readProblem(part, status)),
  };
}

/** Whether a problem is of a kind that RFC 8555 names: `isProblem(problem, "badNonce")`. */
export function isProblem(problem: Problem, kind: string): boolean {
  return problem.type === `urn:ietf:params:acme:error:${kind}`;
}

/** One line, as the ACME library of Edge Stack writes it. `asked` is the request, where there was one. */
export function describeProblem(problem: Problem, asked = ""): string {
  const parts = problem.parts.map(
    (part) => `, problem: "${part.type}" :: ${part.name ? `[${part.name}] ` : ""}${part.detail}`,
  );
  const url = problem.instance === undefined ? "" : `, url: ${problem.instance}`;
  return `acme: error: ${problem.status}${asked} :: ${problem.type} :: ${problem.detail}${parts.join("")}${url}`;
}

/** The authority refused a request. */
export class RequestRefused extends Error {
  override readonly name = "RequestRefused";
  readonly problem: Problem;
  /** How long it wants to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(problem: Problem, request: string, retryAfterMs?: number) {
    super(describeProblem(problem, ` :: ${request}`));
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The authority took an order, but names in it did not pass, or it gave the order up. */
export class OrderFailed extends Error {
  override readonly name = "OrderFailed";
  /** By name; the order's own has none. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map((problem) => `[${problem.name ?? "order"}] ${describeProblem(problem)}`);
    super(["acme: Error -> One or more domains had a problem:", ...lines].join("\n"));
    this.problems = problems;
  }
}

/** No answer, or one that is no ACME: the authority is not there, is too slow, or is something else. */
export class NoAuthority extends Error {
  override readonly name = "NoAuthority";
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { readonly cause?: unknown; readonly retryAfterMs?: number | undefined } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? printable(value, longestDetail) : undefined;
}
