/**
 * One certificate ordered (RFC 8555 section 7.4): the order, an answer to an http-01 challenge for each name that the
 * authority has not believed yet, the certificate. All names are tried, so that a failure tells of each.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { fieldsOf, list } from "#base/fields.ts";
import type { Account } from "./account.ts";
import { type KeyKind, requestCertificate } from "./certificate-request.ts";
import { issuersOf } from "./chain.ts";
import { isProblem, NoAuthority, OrderFailed, type Problem, RequestRefused, readProblem } from "./problem.ts";
import type { Answer, Session } from "./session.ts";

/** What is wanted. */
export interface CertificateOrder {
  /** DNS names without wildcards. */
  readonly names: readonly string[];
  readonly keyKind?: KeyKind;
  /** A common name in the chain that is preferred where the authority offers several. */
  readonly preferredChain?: string;
  /** The renewal id of the certificate that this one takes the place of. */
  readonly replaces?: string;
  /** Where an order for the same stands that nobody saw the end of. */
  readonly placed?: string | undefined;
}

/** A certificate with its key. */
export interface Issued {
  /** PEM, the leaf first. */
  readonly chain: string;
  /** PKCS#8 PEM. */
  readonly key: string;
}

/** Where answers to challenges are shown to the authority. */
export interface ChallengeBoard {
  /** Returns when whoever asks for the token under the name gets the answer. */
  show(token: string, answer: string, name: string): Promise<void>;
  withdraw(token: string): Promise<void>;
}

/** Who orders, where, and how it waits. */
export interface Orderer {
  readonly session: Session;
  readonly account: Account;
  readonly board: ChallengeBoard;
  readonly pause?: (ms: number) => Promise<void>;
  /** An order stands there from now on. */
  readonly onPlaced?: (url: string) => Promise<void>;
}

const mostPolls = 90;
const shortestPollMs = 250;
const longestPollMs = 5000;

/** Orders; rejects with OrderFailed, RequestRefused or NoAuthority. */
export async function obtainCertificate(orderer: Orderer, order: CertificateOrder): Promise<Issued> {
  const { session, account } = orderer;
  const { url, ...placed } = (await earlierOrder(orderer, order)) ?? (await newOrder(orderer, order));
  const ready = placed.fields["status"] === "pending" ? await authorize(orderer, url, placed) : placed;
  if (ready.fields["status"] !== "ready") throw gaveUp(ready, order.names);
  const { keyPem, csr } = await requestCertificate(order.names, order.keyKind ?? "ecdsa-p256");
  await session.post(textOf(ready, "finalize"), account, { csr });
  const done = await settled(orderer, url, ["pending", "ready", "processing"]);
  if (done.fields["status"] !== "valid") throw gaveUp(done, order.names);
  return { chain: await download(orderer, textOf(done, "certificate"), order.preferredChain), key: keyPem };
}

type Placed = Answer & { readonly url: string };

/** The order that somebody placed before, as far as it can still be gone on with: its key went with whoever finalised it. */
async function earlierOrder({ session, account }: Orderer, order: CertificateOrder): Promise<Placed | undefined> {
  if (order.placed === undefined) return undefined;
  try {
    const answer = await session.post(order.placed, account);
    const identifiers = list(answer.fields, "identifiers").map(({ value }) => String(value));
    const isSame = identifiers.toSorted().join() === order.names.toSorted().join();
    const isOpen = ["pending", "ready"].includes(String(answer.fields["status"]));
    return isSame && isOpen ? { ...answer, url: order.placed } : undefined;
  } catch (error) {
    if (error instanceof RequestRefused) return undefined;
    throw error;
  }
}

async function newOrder(orderer: Orderer, order: CertificateOrder): Promise<Placed> {
  const answer = await placeOrder(orderer, order);
  const url = answer.location;
  if (url === undefined) throw new NoAuthority("the authority took an order and does not say where");
  await orderer.onPlaced?.(url);
  return { ...answer, url };
}

async function placeOrder({ session, account }: Orderer, { names, replaces }: CertificateOrder): Promise<Answer> {
  const { newOrder } = await session.directory();
  const identifiers = names.map((value) => ({ type: "dns", value }));
  const plain = { identifiers };
  if (replaces === undefined) return session.post(newOrder, account, plain);
  try {
    return await session.post(newOrder, account, { identifiers, replaces });
  } catch (error) {
    // What it replaces is of no interest to anybody but the authority; without it the order may be good.
    if (!(error instanceof RequestRefused && mayBeAboutReplaced(error.problem))) throw error;
    return session.post(newOrder, account, plain);
  }
}

/** Some authorities do not refuse an order that replaces what they cannot find, but fail on it. */
function mayBeAboutReplaced(problem: Problem): boolean {
  const kinds = ["alreadyReplaced", "malformed", "unauthorized", "serverInternal"];
  return kinds.some((kind) => isProblem(problem, kind));
}

interface Authorization {
  readonly url: string;
  readonly name: string;
  /** The challenge to answer; absent when the authority believes the name already. */
  readonly challenge?: { readonly url: string; readonly token: string; readonly isOpen: boolean };
}

/** Answers the challenges of an order and gives the order as it is then. */
async function authorize(orderer: Orderer, url: string, placed: Answer): Promise<Answer> {
  const { session, account, board } = orderer;
  const urls = placed.fields["authorizations"];
  const open: Authorization[] = [];
  for (const at of Array.isArray(urls) ? urls.map(String) : []) {
    open.push(readAuthorization(at, await session.post(at, account)));
  }
  const shown: string[] = [];
  try {
    for (const { challenge, name } of open) {
      if (!challenge) continue;
      shown.push(challenge.token);
      await board.show(challenge.token, `${challenge.token}.${account.key.thumbprint}`, name);
      if (challenge.isOpen) await session.post(challenge.url, account, {});
    }
    const problems: Problem[] = [];
    for (const authorization of open) {
      const { fields } = await settled(orderer, authorization.url, ["pending", "processing"]);
      if (fields["status"] !== "valid") problems.push(whyNot(authorization, fields));
    }
    if (problems.length > 0) throw new OrderFailed(problems.toSorted(byName));
    return await settled(orderer, url, ["pending"]);
  } finally {
    await Promise.all(shown.map((token) => board.withdraw(token)));
  }
}

// Authorities list names as they like; the same failure must read the same each time.
const byName = (a: Problem, b: Problem): number => ((a.name ?? "") < (b.name ?? "") ? -1 : 1);

function readAuthorization(url: string, { fields }: Answer): Authorization {
  const name = String(fieldsOf(fields["identifier"])["value"] ?? "");
  if (fields["status"] === "valid") return { url, name };
  const offered = Array.isArray(fields["challenges"]) ? fields["challenges"].map(fieldsOf) : [];
  const challenge = offered.find(({ type }) => type === "http-01");
  const token = challenge?.["token"];
  const at = challenge?.["url"];
  // Tokens become part of a path; RFC 8555 section 8.3 allows base64url alone.
  if (typeof token !== "string" || !/^[\w-]{1,256}$/.test(token) || typeof at !== "string") {
    const detail = "the authority offers no http-01 challenge";
    throw new OrderFailed([{ ...readProblem({ detail }, 400), name }]);
  }
  return { url, name, challenge: { url: at, token, isOpen: challenge?.["status"] === "pending" } };
}

/** The problem of the challenge that was tried; the authority's word on the authorization where that has none. */
function whyNot({ name }: Authorization, fields: Answer["fields"]): Problem {
  const challenges = Array.isArray(fields["challenges"]) ? fields["challenges"].map(fieldsOf) : [];
  const error = challenges.map((challenge) => challenge["error"]).find((found) => found !== undefined);
  const detail = `the authorization is ${String(fields["status"])}`;
  return { ...readProblem(error ?? { detail }, 400), name };
}

function gaveUp({ fields }: Answer, names: readonly string[]): OrderFailed {
  const detail = `the order is ${String(fields["status"])}`;
  const problem = readProblem(fields["error"] ?? { detail }, 400);
  const parts = problem.parts.filter(({ name }) => name !== undefined);
  const [only] = names;
  const whole = only !== undefined && names.length === 1 ? { ...problem, name: only } : problem;
  return new OrderFailed(parts.length > 0 ? parts : [whole]);
}

/** Reads something until its status is none of these. */
async function settled(
  { session, account, pause = sleep }: Orderer,
  url: string,
  not: readonly string[],
): Promise<Answer> {
  for (let polls = 1; ; polls++) {
    const answer = await session.post(url, account);
    if (!not.includes(String(answer.fields["status"]))) return answer;
    if (polls >= mostPolls) throw new NoAuthority(`${url} is still ${String(answer.fields["status"])}`);
    const own = Math.min(longestPollMs, shortestPollMs * 2 ** (polls - 1));
    await pause(Math.min(60_000, Math.max(shortestPollMs, answer.retryAfterMs ?? own)));
  }
}

/** The chain that is preferred, else the one that the authority prefers. */
async function download({ session, account }: Orderer, url: string, preferred?: string): Promise<string> {
  const main = await session.post(url, account);
  const issuers = issuersIn(main);
  if (preferred === undefined || issuers.includes(preferred)) return main.text;
  for (const alternate of main.alternates) {
    const other = await session.post(alternate, account);
    if (issuersIn(other).includes(preferred)) return other.text;
  }
  return main.text;
}

function issuersIn(answer: Answer): readonly string[] {
  const issuers = issuersOf(answer.text);
  if (issuers.length === 0) throw new NoAuthority("the authority sent something that is no certificate");
  return issuers;
}

function textOf({ fields }: Answer, name: string): string {
  const value = fields[name];
  if (typeof value === "string") return value;
  throw new NoAuthority(`an order of the authority has no ${name}`);
}
