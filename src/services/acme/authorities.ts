/**
 * How authorities are asked: one conversation with each, so many orders at once, and none at all for a while when one
 * says that it is too much. One that is slow or wants to be left alone holds up nobody who asks another one.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type AccountKey, readAccountKey } from "./account-key.ts";
import { type AcmeHost, accountOf, filledSpec } from "./acme-host.ts";
import { isProblem, RequestRefused } from "./problem.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import type { KnownRegistration, TenderTools } from "./tender-state.ts";
import { createTurns, type Turns } from "./turns.ts";

/** What tenders share. */
export interface Authorities extends Pick<TenderTools, "alone" | "ordering" | "readKey" | "registrations" | "session"> {
  /** These Hosts, and no others, have authorities: what only others had is forgotten. */
  keepOnly(hosts: readonly AcmeHost[]): void;
}

/** What is known of authorities and of accounts with them. */
export interface AuthoritiesState {
  /** Of one authority, as long as somebody orders there or waits for it. */
  readonly turns: Map<string, { readonly turns: Turns; users: number }>;
  /** Until when one wants to be left alone, by performance.now(). */
  readonly quietUntil: Map<string, number>;
  /** The last of the work that is done alone, by account. */
  readonly busy: Map<string, Promise<unknown>>;
  readonly registrations: Map<string, KnownRegistration>;
  /** Keys by their texts. */
  readonly keys: Map<string, AccountKey>;
}

/** Nothing is known. */
export function nothingKnown(): AuthoritiesState {
  return { turns: new Map(), quietUntil: new Map(), busy: new Map(), registrations: new Map(), keys: new Map() };
}

/** Of one authority, and of all of them. */
const [ordersAtOnce, mostAtOnce] = [8, 32];
/** Limits that last longer are those of one name, which must not hold up the others. */
const longestQuietMs = 600_000;
/** A key is read again in a millisecond. */
const mostKeys = 1000;

/** Opens them. */
export function openAuthorities(sessions: Sessions, signal: AbortSignal, known = nothingKnown()): Authorities {
  const all = createTurns(mostAtOnce, signal);
  return {
    registrations: known.registrations,
    session: (authority) => obedient(sessions.with(authority), authority, known, signal),
    async readKey(pem) {
      const key = known.keys.get(pem) ?? (await readAccountKey(pem));
      if (known.keys.size >= mostKeys) known.keys.clear();
      known.keys.set(pem, key);
      return key;
    },
    alone: (account, work) => alone(known, account, work),
    async ordering(authority, work) {
      const own = known.turns.get(authority) ?? { turns: createTurns(ordersAtOnce, signal), users: 0 };
      known.turns.set(authority, own);
      own.users++;
      try {
        return await own.turns(async () => {
          await untilWelcome(known, authority, signal);
          return all(work);
        });
      } finally {
        own.users--;
        if (own.users === 0) known.turns.delete(authority);
      }
    },
    keepOnly(hosts) {
      const accounts = new Set(hosts.map(accountOf));
      for (const account of known.registrations.keys()) {
        if (!accounts.has(account)) known.registrations.delete(account);
      }
      sessions.keepOnly(new Set(hosts.map((host) => filledSpec(host).authority)));
    },
  };
}

function alone<T>({ busy }: AuthoritiesState, account: string, work: () => Promise<T>): Promise<T> {
  const turn = (busy.get(account) ?? Promise.resolve()).then(work, work).finally(() => {
    if (busy.get(account) === turn) busy.delete(account);
  });
  busy.set(account, turn);
  return turn;
}

/** What was begun before the authority had enough is not ordered after it. */
function obedient(session: Session, authority: string, known: AuthoritiesState, signal: AbortSignal): Session {
  return {
    ...session,
    async post(url, signer, payload) {
      const { newOrder } = await session.directory();
      if (url === newOrder) await untilWelcome(known, authority, signal);
      try {
        return await session.post(url, signer, payload);
      } catch (error) {
        noteLimit(known, authority, error);
        throw error;
      }
    },
  };
}

async function untilWelcome({ quietUntil }: AuthoritiesState, authority: string, signal: AbortSignal): Promise<void> {
  for (let ms = 1; ms > 0; ) {
    ms = (quietUntil.get(authority) ?? 0) - performance.now();
    if (ms > 0) await pause(ms, undefined, { signal });
  }
  quietUntil.delete(authority);
}

function noteLimit({ quietUntil }: AuthoritiesState, authority: string, error: unknown): void {
  if (!(error instanceof RequestRefused && isLimit(error)) || error.retryAfterMs === undefined) return;
  const now = performance.now();
  for (const [other, until] of quietUntil) if (until <= now) quietUntil.delete(other);
  const until = now + Math.min(longestQuietMs, error.retryAfterMs);
  quietUntil.set(authority, Math.max(quietUntil.get(authority) ?? 0, until));
}

const isLimit = ({ problem }: RequestRefused): boolean => problem.status === 429 || isProblem(problem, "rateLimited");
