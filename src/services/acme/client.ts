/**
 * The door of the client, with all that it needs of cryptography: loaded when the first Host has an authority, because
 * it costs every other run some 20 MB.
 */
import { openSession, type Session } from "./session.ts";
import { openTransport } from "./transport.ts";

export { openAuthorities } from "./authorities.ts";
export { openTender } from "./tender.ts";

/** Conversations with authorities, one for each. */
export interface Sessions {
  with(authority: string): Session;
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
    close: transport.close,
  };
}
