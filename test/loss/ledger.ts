/**
 * What answers are right at this moment, and how many were not. A question that is being changed may be answered as
 * before or as after, until its new answers are all that comes; every other answer is counted as unexpected.
 */
import { EventEmitter, once } from "node:events";

/** What is asked over and over. */
export interface Question {
  readonly name: string;
  readonly host: string;
  readonly path: string;
  /** Whether what matters is the certificate that is shown, and not the answer. */
  readonly certificate?: boolean;
  /** Whether only clients without TLS ask. */
  readonly cleartext?: boolean;
}

/** An answer that was neither the old nor the new one. */
export interface Unexpected {
  readonly scenario: string;
  readonly question: string;
  readonly host: string;
  readonly client: string;
  readonly answer: string;
  /** Whether the connection was made for this request. */
  readonly fresh: boolean;
}

/** The answers of a run. */
export interface Ledger {
  scenario: string;
  /** Called when a question is sent; the returned function takes the answer. */
  ask(question: Question, client: string, fresh: boolean): (answer: string) => void;
  /**
   * Allows these answers besides those that are right now; resolves when nothing else comes any more. Without any, all
   * stays as it is until the question has been answered often.
   */
  change(question: string, answers: readonly string[]): Promise<void>;
  readonly unexpected: readonly Unexpected[];
  readonly asked: number;
  readonly answered: number;
  /** How long the slowest answer took, in milliseconds. */
  readonly slowest: number;
  /** What questions get that have not got their new answers yet. */
  awaited(): string;
}

/** So many new answers in a row, of all clients and of all of Envoy's workers, are the end of a change. */
const inARow = 20;

/** Starts with the right answer to each question. */
export function openLedger(answers: Readonly<Record<string, readonly string[]>>): Ledger {
  const right = new Map(Object.entries(answers).map(([name, list]) => [name, new Set(list)]));
  const recent = new Map<string, string[]>();
  const unexpected: Unexpected[] = [];
  const arrivals = new EventEmitter().setMaxListeners(0);
  let [asked, answered, slowest] = [0, 0, 0];
  const ledger: Ledger & { scenario: string } = {
    scenario: "",
    unexpected,
    ask({ name, host }, client, fresh) {
      asked++;
      const before = right.get(name);
      const sent = performance.now();
      return (answer) => {
        answered++;
        slowest = Math.max(slowest, performance.now() - sent);
        recent.set(name, [...(recent.get(name) ?? []), answer].slice(-inARow));
        arrivals.emit(name);
        if (before?.has(answer) || right.get(name)?.has(answer)) return;
        unexpected.push({ scenario: ledger.scenario, question: name, host, client, answer, fresh });
      };
    },
    async change(name, next) {
      const wanted = next.length === 0 ? (right.get(name) ?? new Set()) : new Set(next);
      right.set(name, new Set([...wanted, ...(right.get(name) ?? [])]));
      recent.set(name, []);
      const seen = () => recent.get(name) ?? [];
      while (seen().length < inARow || !seen().every((answer) => wanted.has(answer))) await once(arrivals, name);
      right.set(name, wanted);
    },
    get asked() {
      return asked;
    },
    get answered() {
      return answered;
    },
    get slowest() {
      return slowest;
    },
    awaited: () => [...recent].map(([name, list]) => `${name}: ${[...new Set(list)].join(" | ")}`).join("; "),
  };
  return ledger;
}
