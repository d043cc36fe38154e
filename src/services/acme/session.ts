/**
 * Talks ACME to one authority (RFC 8555 section 6): its directory, nonces, signed requests. A refused nonce is
 * replaced and the request repeated; everything else that the authority refuses is the caller's to judge, together
 * with how long it wants to be left alone.
 */

import { fieldsOf, valueOfJson } from "#base/fields.ts";
import { type AccountKey, signed } from "./account-key.ts";
import { isProblem, NoAuthority, RequestRefused, readProblem } from "./problem.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { HttpAnswer, Transport } from "./transport.ts";

/** Where an authority does what. */
export interface Directory {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
  readonly revokeCert: string;
  readonly keyChange: string;
  /** Where the authority tells when to renew (RFC 9773). */
  readonly renewalInfo?: string;
  readonly needsExternalAccount: boolean;
}

/** An answer that is not a refusal. */
export interface Answer {
  /** Of a JSON answer. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly location: string | undefined;
  /** Addresses of the same thing in other forms. */
  readonly alternates: readonly string[];
  readonly retryAfterMs: number | undefined;
}

/** Who signs: a key alone, or the account that it belongs to. */
export interface Signer {
  readonly key: AccountKey;
  readonly kid?: string;
}

/** A conversation with one authority; every call rejects with RequestRefused or NoAuthority. */
export interface Session {
  directory(): Promise<Directory>;
  /** Reads what needs no signature. */
  get(url: string): Promise<Answer>;
  /** Sends a signed payload, or reads when there is none. */
  post(url: string, signer: Signer, payload?: object): Promise<Answer>;
}

/** What a session is opened with. */
export interface SessionOptions {
  readonly transport: Transport;
  /** Address of the directory. */
  readonly authority: string;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
}

// A server may refuse any nonce, and test servers do so on purpose; each refusal brings a new one.
const mostRefusedNonces = 10;
const mostNonces = 32;

/** Opens one; nothing is asked yet. */
export function openSession({ transport, authority, signal, now = Date.now }: SessionOptions): Session {
  const nonces: string[] = [];
  let known: Promise<Directory> | undefined;

  async function send(request: Parameters<Transport["ask"]>[0]): Promise<HttpAnswer> {
    const answer = await transport.ask({ ...request, signal });
    const [nonce] = answer.header("replay-nonce");
    if (nonce !== undefined && /^[\w-]+$/.test(nonce) && nonces.length < mostNonces) nonces.push(nonce);
    return answer;
  }

  async function judged(request: Parameters<Transport["ask"]>[0]): Promise<Answer> {
    const answer = await send(request);
    const wait = retryAfterMs(answer.header("retry-after")[0], now());
    if (answer.status >= 200 && answer.status < 300) return understood(answer, request.url, wait);
    const body = valueOfJson(answer.text);
    if (body === undefined && answer.status >= 500) {
      throw new NoAuthority(`${request.method} ${request.url}: status ${answer.status}`, { retryAfterMs: wait });
    }
    throw new RequestRefused(readProblem(body, answer.status), `${request.method} :: ${request.url}`, wait);
  }

  async function nonce(): Promise<string> {
    const { newNonce } = await session.directory();
    if (nonces.length === 0) await send({ method: "HEAD", url: newNonce });
    const fresh = nonces.pop();
    if (fresh === undefined) throw new NoAuthority(`${newNonce} gives no nonce`);
    return fresh;
  }

  const session: Session = {
    directory() {
      known ??= judged({ method: "GET", url: authority })
        .then(({ fields }) => readDirectory(fields, authority))
        .catch((error: unknown) => {
          known = undefined;
          throw error;
        });
      return known;
    },
    get: (url) => judged({ method: "GET", url }),
    async post(url, { key, kid }, payload) {
      for (let refused = 0; ; refused++) {
        const header = { url, nonce: await nonce(), ...(kid === undefined ? {} : { kid }) };
        const body = await signed(key, header, payload);
        try {
          return await judged({ method: "POST", url, body });
        } catch (error) {
          const isNonce = error instanceof RequestRefused && isProblem(error.problem, "badNonce");
          if (!isNonce || refused >= mostRefusedNonces) throw error;
        }
      }
    },
  };
  return session;
}

function readDirectory(fields: Readonly<Record<string, unknown>>, authority: string): Directory {
  const text = (name: string): string => {
    const value = fields[name];
    if (typeof value === "string") return value;
    throw new NoAuthority(`${authority} is no ACME directory: it has no ${name}`);
  };
  return {
    newNonce: text("newNonce"),
    newAccount: text("newAccount"),
    newOrder: text("newOrder"),
    revokeCert: text("revokeCert"),
    keyChange: text("keyChange"),
    ...(typeof fields["renewalInfo"] === "string" ? { renewalInfo: fields["renewalInfo"] } : {}),
    needsExternalAccount: fieldsOf(fields["meta"])["externalAccountRequired"] === true,
  };
}

function understood(answer: HttpAnswer, url: string, wait: number | undefined): Answer {
  const [place] = answer.header("location");
  const location = place !== undefined && URL.canParse(place, url) ? new URL(place, url).href : undefined;
  const alternates = answer
    .header("link")
    .flatMap((value) => [...value.matchAll(/<([^>]*)>\s*;\s*rel="?alternate"?/g)])
    .flatMap(([, target = ""]) => (URL.canParse(target, url) ? [new URL(target, url).href] : []));
  return { fields: fieldsOf(valueOfJson(answer.text)), text: answer.text, location, alternates, retryAfterMs: wait };
}
