/** All clients at once: questions at a constant rate, and streams that go on all the while. */
import { setTimeout as pause } from "node:timers/promises";
import { type Client, certificateClient, openClients, type Ports } from "./clients.ts";
import { type Connections, openConnections } from "./connections.ts";
import type { Ledger, Question } from "./ledger.ts";
import { type Pace, startPace } from "./pace.ts";
import { openStreams, type Streams } from "./streams.ts";

/** Running traffic. */
export interface Traffic {
  readonly connections: Connections;
  readonly streams: Streams;
  /** Rejects when clients or machine are so slow that a run would prove nothing. */
  readonly overloaded: Promise<never>;
  /** From now on what happens belongs to this scenario, and every second request is one of these questions. */
  focus(scenario: string, questions: readonly Question[]): void;
  /** Ends it when every question has been answered. */
  stop(): Promise<Pace>;
}

/** What runs all the time. */
export interface TrafficOptions {
  readonly ports: Ports;
  readonly rate: number;
  readonly ledger: Ledger;
  /** Questions that no scenario changes. */
  readonly steady: readonly Question[];
}

/** Requests of so many seconds may wait for their answers. */
const mostSeconds = 5;

/** Handshakes are dear: where they are what is asked, it is one request in so many. */
const handshakesIn = 16;

/** Starts it; resolves when all is warm, so that every kind of client has connections to lose. */
export async function startTraffic({ ports, rate, ledger, steady }: TrafficOptions): Promise<Traffic> {
  const connections = openConnections();
  const clients = openClients(ports, connections);
  const handshake = certificateClient(ports);
  const streams = await openStreams(ports, [...new Set(steady.map(({ host }) => host))]);
  let focus: readonly Question[] = [];
  let [round, steadyRound, focusRound] = [0, 0, 0];

  const next = (): readonly [Client, Question] => {
    const client = clients[round % clients.length] as Client;
    // Shifted by one with each round of clients, or every second client would never ask what is changed.
    const turn = (round + Math.floor(round / clients.length)) % (focus[0]?.certificate ? handshakesIn : 2) === 0;
    const changed = turn && focus.length > 0;
    round++;
    const questions = changed ? focus : steady;
    const question = questions[(changed ? focusRound++ : steadyRound++) % questions.length] as Question;
    if (question.certificate) return [handshake, question];
    // A host without a certificate is not there for clients that want TLS.
    return [question.cleartext && !client.cleartext ? (clients[0] as Client) : client, question];
  };
  const overloaded = Promise.withResolvers<never>();
  overloaded.promise.catch(() => undefined);
  const stop = startPace(rate, () => {
    if (ledger.asked - ledger.answered > mostSeconds * rate) overloaded.reject(new Error("void: too many are waiting"));
    const [client, question] = next();
    void client.ask(question).then(ledger.ask(question, client.name, client.fresh));
  });
  await Promise.all(steady.map(({ name }) => ledger.change(name, [])));
  return {
    connections,
    streams,
    overloaded: overloaded.promise,
    focus(scenario, questions) {
      ledger.scenario = scenario;
      connections.scenario = scenario;
      streams.scenario = scenario;
      focus = questions;
    },
    async stop() {
      const pace = await stop();
      while (ledger.answered < ledger.asked) await pause(10);
      connections.stop();
      streams.stop();
      for (const client of clients) client.close();
      return pace;
    },
  };
}
