/**
 * Answers http-01 challenges of a test authority.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ChallengeBoard } from "../../src/services/acme/order.ts";

/** A board with a server of its own. */
export interface ServedBoard extends ChallengeBoard {
  readonly port: number;
  /** The tokens that are shown now. */
  shown(): readonly string[];
  /** Answers nothing until then. */
  hold(until: Promise<unknown>): void;
  close(): Promise<void>;
}

/** Serves a board on loopback. */
export async function serveBoard(): Promise<ServedBoard> {
  const answers = new Map<string, string>();
  let held: Promise<unknown> = Promise.resolve();
  const server = createServer((request, response) => {
    void held.then(() => {
      const answer = answers.get((request.url ?? "").replace("/.well-known/acme-challenge/", ""));
      response.writeHead(answer === undefined ? 404 : 200).end(answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async show(token, answer) {
      answers.set(token, answer);
    },
    async withdraw(token) {
      answers.delete(token);
    },
    shown: () => [...answers.keys()],
    hold(until) {
      held = until;
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
