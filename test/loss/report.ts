/** What a run says at its end, for people, and what a test asserts on. */
import assert from "node:assert/strict";
import type { Ended } from "./connections.ts";
import type { Ledger, Unexpected } from "./ledger.ts";
import type { Pace } from "./pace.ts";
import type { Broken } from "./streams.ts";
import type { Traffic } from "./traffic.ts";

/** The result of a run. */
export interface Result {
  /** The rate that was reached, out of 1: a run below `enough` proves nothing. */
  readonly achieved: number;
  /** How late one in a hundred requests was, in milliseconds. */
  readonly late: number;
  readonly unexpected: readonly Unexpected[];
  readonly broken: readonly Broken[];
  readonly ended: readonly Ended[];
}

/** A run below this share of its rate is void. */
const enough = 0.98;

/** Asserted on last, for a run that proves nothing may still disprove. */
export function assertWorth({ achieved, late }: Result, mostLate: number): void {
  assert.ok(achieved >= enough, `void: ${achieved} of the rate`);
  assert.ok(late <= mostLate, `void: the clients were late by ${late} ms`);
}

/** What it is made of. */
export interface Run {
  readonly pace: Pace;
  readonly ledger: Ledger;
  readonly traffic: Traffic;
}

/** Prints it. */
export function report(gate: string, { pace, ledger, traffic }: Run): Result {
  const { connections, streams } = traffic;
  const { unexpected } = ledger;
  const sorted = pace.lateness.toSorted((a, b) => a - b);
  const late = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  const achieved = Math.min(1, pace.made / pace.due);
  const rate = Math.round(pace.made / pace.seconds);
  console.log(
    [
      `${gate}: ${ledger.asked} requests in ${pace.seconds.toFixed(1)} s, ${rate}/s (${(achieved * 100).toFixed(1)} %)`,
      `late by ${late(0.5)} ms (median), ${late(0.99)} ms (p99), ${late(1)} ms (most)`,
      `slowest answer ${Math.round(ledger.slowest)} ms`,
      `${unexpected.length} unexpected answers, of which ${unexpected.filter(isFailure).length} none at all`,
      `${streams.broken.length} broken streams (${streams.messages} messages)`,
      `${connections.ended.length} of ${connections.opened} kept connections ended`,
    ].join("; "),
  );
  return { achieved, late: late(0.99), unexpected, broken: streams.broken, ended: connections.ended };
}

/** How often there was what, in lines for people. */
export function tally(all: readonly (Unexpected | Broken | Ended)[]): readonly string[] {
  const words = all.map((one) =>
    "answer" in one
      ? `${one.scenario}: ${one.question} answered "${one.answer}" to ${one.client}`
      : `${one.scenario}: a connection to ${one.chain} ended, ${"kind" in one ? one.kind : one.client}`,
  );
  return [...Map.groupBy(words, (word) => word)].map(([word, list]) => `${list.length} x ${word}`);
}

/** Whether there was no answer. */
export function isFailure({ answer }: Unexpected): boolean {
  return answer.startsWith("failed");
}
