/**
 * Takes part in the choice of a leader: at any time at most one of all who use the same lock leads. A leader renews
 * its record; one that cannot, stops leading before anybody else may begin. Others judge a record by how long they
 * themselves have not seen it change, never by its times, so that clocks need not agree.
 */
import { ApiFailure } from "./failure.ts";
import type { Held, LeaderLock } from "./leader-lock.ts";
import { isOutside } from "./outside.ts";
import { pauseUnlessAborted } from "./pause.ts";

/** How to take part. */
export interface ElectionOptions {
  /** Tried in this order; the next one where one is not permitted. */
  readonly locks: readonly [LeaderLock, ...LeaderLock[]];
  /** Who this is; different for every process. */
  readonly identity: string;
  /** This process leads from now on, until the signal. */
  readonly onLeading: (signal: AbortSignal) => void;
  /** No lock is permitted: this process never leads. */
  readonly onForbidden: (message: string) => void;
  readonly times?: Partial<ElectionTimes>;
  readonly signal: AbortSignal;
}

/** In ms; those of Kubernetes' own components by default. */
export interface ElectionTimes {
  /** How long others respect a record that is not renewed. */
  readonly leaseMs: number;
  /** How long a leader that cannot renew goes on; shorter than `leaseMs`. */
  readonly renewWithinMs: number;
  readonly retryMs: number;
}

const defaultTimes: ElectionTimes = { leaseMs: 15_000, renewWithinMs: 10_000, retryMs: 2000 };

/** Takes part until the signal, and then hands the lead over; rejects only because of a bug. */
export async function takePart(options: ElectionOptions): Promise<void> {
  const { locks, identity, signal } = options;
  const times = { ...defaultTimes, ...options.times };
  let lock = locks[0];
  let leading: { readonly stop: AbortController; renewedAt: number } | undefined;
  let seen: { readonly text: string; readonly at: number } | undefined;

  function stopLeading(): void {
    leading?.stop.abort();
    leading = undefined;
  }

  /** Whether a record may be replaced by our own. */
  function isFree({ record }: Held, now: number): boolean {
    const text = JSON.stringify(record);
    if (seen?.text !== text) seen = { text, at: now };
    return record.holder === "" || record.holder === identity || now - seen.at > record.seconds * 1000;
  }

  async function attempt(): Promise<void> {
    const askedAt = performance.now();
    // Without an answer in this time there is still time for another attempt.
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(times.renewWithinMs / 2)]);
    const held = await lock.read(inTime);
    if (held && !isFree(held, askedAt)) return stopLeading();
    const time = new Date().toISOString();
    const isOurs = held?.record.holder === identity;
    const record = {
      holder: identity,
      seconds: Math.ceil(times.leaseMs / 1000),
      acquired: isOurs ? held.record.acquired : time,
      renewed: time,
      transitions: (held?.record.transitions ?? -1) + (isOurs ? 0 : 1),
    };
    if (!(await lock.write(record, held, inTime))) return;
    if (leading) leading.renewedAt = askedAt;
    else {
      leading = { stop: new AbortController(), renewedAt: askedAt };
      options.onLeading(leading.stop.signal);
    }
  }

  /** False: nobody permits us to go on. */
  function judge(error: unknown): boolean {
    if (!isOutside(error)) throw error;
    if (!(error instanceof ApiFailure && error.status === 403)) return true;
    const next = locks[locks.indexOf(lock) + 1];
    if (!next) options.onForbidden(error.message);
    lock = next ?? lock;
    return next !== undefined;
  }

  while (!signal.aborted) {
    const mayGoOn = await attempt().then(
      () => true,
      (error: unknown) => signal.aborted || judge(error),
    );
    if (leading && performance.now() - leading.renewedAt > times.renewWithinMs) stopLeading();
    const delay = times.retryMs * (mayGoOn ? 1 : 30) * (1 + Math.random() / 5);
    await pauseUnlessAborted(delay, signal);
  }
  const led = leading !== undefined;
  stopLeading();
  if (led) await handOver(lock, identity);
}

const handOverMs = 2000;

/** The next one need not wait for the record to age. Where that fails, it has to. */
async function handOver(lock: LeaderLock, identity: string): Promise<void> {
  const signal = AbortSignal.timeout(handOverMs);
  try {
    const held = await lock.read(signal);
    if (held?.record.holder === identity) await lock.write({ ...held.record, holder: "", seconds: 1 }, held, signal);
  } catch (error) {
    if (!isOutside(error)) throw error;
  }
}
