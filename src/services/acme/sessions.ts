/** Conversations with authorities, one for each, over the same connections. */
import { openSession, type Session } from "./session.ts";
import { openTransport } from "./transport.ts";

/** All conversations. */
export interface Sessions {
  with(authority: string): Session;
  /** Forgets what the others have said. */
  keepOnly(authorities: ReadonlySet<string>): void;
  close(): Promise<void>;
}

/** Opens them; nothing is asked yet. */
export function openSessions(signal: AbortSignal): Sessions {
  const transport = openTransport();
  const sessions = new Map<string, Session>();
  return {
    with(authority) {
      const session = sessions.get(authority) ?? openSession({ transport, authority, signal });
      sessions.set(authority, session);
      return session;
    },
    keepOnly(authorities) {
      for (const authority of sessions.keys()) if (!authorities.has(authority)) sessions.delete(authority);
    },
    close: transport.close,
  };
}
