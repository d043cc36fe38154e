/** A client of a test authority with everything that it needs, taken down together. */

import { type Account, registerAccount } from "../../src/services/acme/account.ts";
import { newAccountKeyPem, readAccountKey } from "../../src/services/acme/account-key.ts";
import type { Orderer } from "../../src/services/acme/order.ts";
import { openSession, type Session } from "../../src/services/acme/session.ts";
import { openTransport, type Transport } from "../../src/services/acme/transport.ts";
import { type ServedBoard, serveBoard } from "./challenge-board.ts";
import { type Pebble, type PebbleOptions, startPebble } from "./pebble.ts";

/** The parts. */
export interface ClientSet {
  readonly pebble: Pebble;
  readonly board: ServedBoard;
  readonly transport: Transport;
  readonly session: Session;
  newAccount(email?: string): Promise<Account>;
  orderer(account: Account): Orderer;
}

/** Starts an authority and a client of it, works with them and ends both. */
export async function withClient(options: PebbleOptions, work: (set: ClientSet) => Promise<void>): Promise<void> {
  const board = await serveBoard();
  const pebble = await startPebble({ ...options, challengePort: board.port });
  const transport = openTransport({ trusted: [pebble.serverAuthority] });
  const session = openSession({ transport, authority: pebble.directory });
  try {
    await work({
      pebble,
      board,
      transport,
      session,
      newAccount: async (email = "admin@shop.test") =>
        registerAccount(session, { key: await readAccountKey(newAccountKeyPem()), email }),
      orderer: (account) => ({ session, account, board }),
    });
  } finally {
    await Promise.all([transport.close(), pebble.close(), board.close()]);
  }
}
