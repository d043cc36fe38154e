/**
 * One question to Consul's HTTP API: `/v1/health/service/<name>`, passing instances only, blocking when an index is
 * given. Whatever goes wrong comes back in words, without any secret.
 */

import { type Dispatcher, errors, request } from "undici";
import { errorCode } from "#base/error-code.ts";
import { printable } from "#base/printable.ts";
import { redact } from "#base/redact.ts";
import type { ConsulService } from "#compiler";
import { type Instances, readInstances } from "./answer.ts";

/** How to ask. */
export interface Access {
  readonly dispatcher: Dispatcher;
  /** For `X-Consul-Token`. */
  readonly token?: string;
}

/** What came of a question. */
export type Reply =
  | { readonly kind: "answer"; readonly index: bigint; readonly instances: Instances }
  | { readonly kind: "trouble"; readonly because: string; readonly retryAfterMs: number };

/** Bytes of an answer. */
export const maxAnswer = 16 * 2 ** 20;
/** Consul waits up to a sixteenth longer than asked, and then has to answer. */
const graceMs = 15_000;
const longestRetryAfterMs = 60_000;

/** Asks; with an index other than 0 Consul answers when something changes, or after `waitSeconds`. */
export async function ask(
  service: ConsulService,
  index: bigint,
  waitSeconds: number,
  { dispatcher, token }: Access,
  signal: AbortSignal,
): Promise<Reply> {
  const blocking = index === 0n ? "" : `&index=${index}&wait=${waitSeconds}s`;
  const path = `/v1/health/service/${encodeURIComponent(service.name)}`;
  const query = `?passing=1&dc=${encodeURIComponent(service.datacenter)}${blocking}`;
  const waitMs = index === 0n ? 0 : waitSeconds * 1000 * (17 / 16);
  try {
    const { statusCode, headers, body } = await request(service.agent + path + query, {
      dispatcher,
      signal,
      headersTimeout: waitMs + graceMs,
      bodyTimeout: graceMs,
      headers: { accept: "application/json", ...(token === undefined ? {} : { "x-consul-token": token }) },
    });
    const text = await body.text();
    if (statusCode !== 200) {
      return trouble(refusal(statusCode, text, token), retryAfter(headers["retry-after"]));
    }
    const instances = readInstances(text);
    if (typeof instances === "string") return trouble(instances);
    return { kind: "answer", index: readIndex(headers["x-consul-index"]), instances };
  } catch (error) {
    return trouble(describe(error));
  }
}

function trouble(because: string, retryAfterMs = 0): Reply {
  return { kind: "trouble", because, retryAfterMs };
}

/** 0 would make the next question one that does not wait. */
function readIndex(header: string | string[] | undefined): bigint {
  const index = typeof header === "string" && /^\d{1,20}$/.test(header) ? BigInt(header) : 1n;
  return index > 0n ? index : 1n;
}

function refusal(status: number, body: string, token: string | undefined): string {
  const words = printable(redact(token ? body.replaceAll(token, "[token removed]") : body).trim(), 200);
  return `it answers ${status}${words === "" ? "" : ` (${words})`}`;
}

/** Only seconds: nobody sends Consul's clients a date. */
function retryAfter(header: string | string[] | undefined): number {
  if (typeof header !== "string" || !/^\d{1,6}$/.test(header)) return 0;
  return Math.min(Number(header) * 1000, longestRetryAfterMs);
}

const untrusted = "its certificate is from an authority that is not trusted here (CONSUL_CACERT names those that are)";

const sentences: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "nothing listens there"],
  ["ENOTFOUND", "its name has no address"],
  ["EAI_AGAIN", "its name cannot be looked up"],
  ["ECONNRESET", "the connection was closed"],
  ["EPIPE", "the connection was closed"],
  ["EHOSTUNREACH", "there is no way to it"],
  ["ENETUNREACH", "there is no way to it"],
  ["ETIMEDOUT", "it cannot be reached"],
  ["UND_ERR_CONNECT_TIMEOUT", "it cannot be reached"],
  ["UND_ERR_SOCKET", "the connection was closed"],
  ["UND_ERR_HEADERS_TIMEOUT", "it does not answer in time"],
  ["UND_ERR_BODY_TIMEOUT", "it does not answer in time"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", untrusted],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", untrusted],
  ["SELF_SIGNED_CERT_IN_CHAIN", untrusted],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", untrusted],
  ["CERT_HAS_EXPIRED", "its certificate has expired"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "its certificate is for other names"],
  ["UND_ERR_RES_EXCEEDED_MAX_SIZE", `its answer has more than ${maxAnswer / 2 ** 20} MiB`],
]);

function describe(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  if (error instanceof errors.HTTPParserError) return "what it answers is not HTTP";
  // What has no sentence are mostly failures of TLS, whose own words say what is wrong.
  return sentences.get(errorCode(error) ?? "") ?? printable(redact(error.message), 200);
}
