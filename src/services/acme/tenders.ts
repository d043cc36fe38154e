/**
 * All that looks after the certificates of one desk: conversations with authorities, what is shared between accounts,
 * and one tender for each certificate. What is known of Hosts that are gone goes with them.
 */
import type { Log } from "#base/log.ts";
import { openAuthorities } from "./authorities.ts";
import type { Desk } from "./desk.ts";
import { openSessions } from "./sessions.ts";
import { type AcmeChoice, openTender } from "./tender.ts";
import { openTending, type Tending } from "./tending.ts";

/** Opens it; nothing is asked before there is a certificate to look after, and nothing after the signal. */
export function openTenders(desk: Desk, choice: AcmeChoice, log: Log, signal: AbortSignal): Tending {
  const sessions = openSessions(signal);
  const authorities = openAuthorities(sessions, signal);
  const tools = { ...authorities, desk, choice, log, now: Date.now, chance: Math.random };
  const tending = openTending((key) => openTender(key, tools), log, signal);
  return {
    set(all) {
      tending.set(all);
      desk.keepOnly(new Set(all.keys()));
      authorities.keepOnly([...all.values()].flatMap(({ bundle }) => bundle.hosts));
    },
    async close() {
      await sessions.close();
      await tending.close();
    },
  };
}
