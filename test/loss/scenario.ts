/** What a scenario is: steps, each of which edits the configuration and says what is answered from then on. */
import { setTimeout as pause } from "node:timers/promises";
import type { Gateway } from "./gateway.ts";
import type { Ledger, Question } from "./ledger.ts";
import type { Traffic } from "./traffic.ts";

/** One edit. */
export interface Step {
  edit(gateway: Gateway): Promise<void>;
  /** The answers from then on, by question; one that is absent stays as it is. */
  readonly served?: Readonly<Record<string, string | readonly string[]>>;
  /** What happens when nothing else is answered any more. */
  after?(): Promise<void>;
}

/** Something that happens to a configuration, while it serves. */
export interface Scenario {
  readonly name: string;
  readonly questions: readonly Question[];
  readonly steps: readonly Step[];
  /** It leaves something behind, so that a second time nothing would change. */
  readonly once?: true;
}

/** What scenarios are played on. */
export interface Stage {
  readonly gateway: Gateway;
  readonly traffic: Traffic;
  readonly ledger: Ledger;
}

/** Plays it; resolves when the last step has been served, with the time at which that step began. */
export async function play({ name, questions, steps }: Scenario, { gateway, traffic, ledger }: Stage): Promise<number> {
  traffic.focus(name, questions);

  let began = performance.now();
  for (const { edit, served = {}, after } of steps) {
    const changes = Object.entries(served).map(([question, answers]) => ledger.change(question, [answers].flat()));
    began = performance.now();
    await patiently(Promise.all([gateway.settled(() => edit(gateway)), ...changes]), () => ledger.awaited());
    await after?.();
  }
  return began;
}

const patienceMs = 60_000;

/** Gives up at some time, and says what was there instead. */
async function patiently(promise: Promise<unknown>, instead: () => string): Promise<void> {
  const over = new AbortController();
  const late = pause(patienceMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`it never came, but ${instead()}`);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    late.catch(() => undefined);
    over.abort();
  }
}

/** The question at the path that has its name. */
export function ask(name: string): Question {
  return { name, host: "a.test", path: `/${name}/` };
}
