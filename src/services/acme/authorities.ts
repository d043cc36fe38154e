/**
 * How authorities are asked: one conversation with each, so many orders at once, and none at all for a while when one
 * says that it is too much. One that is slow or wants to be left alone holds up nobody who asks another one.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type AccountKey, readAccountKey } from "./account-key.ts";
import { isProblem, RequestRefused } from "./problem.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import type { TenderTools } from "./tender.ts";
import { createTurns, type Turns } from "./turns.ts";

/** What tenders share. */
export type Authorities = Pick<TenderTools, "alone" | "ordering" | "readKey" | "registrations" | "session">;

/** Of one authority, and of all of them. */
const [ordersAtOnce, mostAtOnce] = [8, 32];
/** Limits that last longer are those of one name, which must not hold up the others. */
const longestQuietMs = 600_000;

/** Opens them. */
export function openAuthorities(sessions: Sessions, signal: AbortSignal): Authorities {
  const all = createTurns(mostAtOnce, signal);
  const turns = new Map<string, Turns>();
  const owners = new Map<string, Promise<unknown>>();
  const keys = new Map<string, AccountKey>();
  const quietUntil = new Map<string, number>();

  async function untilWelcome(authority: string): Promise<void> {
    for (let ms = 1; ms > 0; ) {
      ms = (quietUntil.get(authority) ?? 0) - performance.now();
      if (ms > 0) await pause(ms, undefined, { signal });
    }
  }

  function note(authority: string, error: unknown): void {
    if (!(error instanceof RequestRefused && isLimit(error)) || error.retryAfterMs === undefined) return;
    const until = performance.now() + Math.min(longestQuietMs, error.retryAfterMs);
    quietUntil.set(authority, Math.max(quietUntil.get(authority) ?? 0, until));
  }

  /** What was begun before the authority had enough is not ordered after it. */
  function obedient(authority: string): Session {
    const session = sessions.with(authority);
    return {
      ...session,
      async post(url, signer, payload) {
        const { newOrder } = await session.directory();
        if (url === newOrder) await untilWelcome(authority);
        try {
          return await session.post(url, signer, payload);
        } catch (error) {
          note(authority, error);
          throw error;
        }
      },
    };
  }

  return {
    session: obedient,
    registrations: new Map(),
    async readKey(pem) {
      const key = keys.get(pem) ?? (await readAccountKey(pem));
      keys.set(pem, key);
      return key;
    },
    alone(owner, work) {
      const turn = (owners.get(owner) ?? Promise.resolve()).then(work, work);
      owners.set(owner, turn);
      return turn;
    },
    ordering(authority, work) {
      const own = turns.get(authority) ?? createTurns(ordersAtOnce, signal);
      turns.set(authority, own);
      return own(async () => {
        await untilWelcome(authority);
        return all(work);
      });
    },
  };
}

const isLimit = ({ problem }: RequestRefused): boolean => problem.status === 429 || isProblem(problem, "rateLimited");
