/**
 * Which objects wait until every replica has acknowledged them, and since when: most wait for a moment, of which
 * nobody needs to hear.
 */
import type { Log } from "#base/log.ts";
import { namesOf } from "../replicas/fold.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";

/** The objects that wait. */
export interface Waiting {
  /** Begins to look at all objects, at a time in ms. */
  begin(now: number): void;
  /** An object waits for replicas, which are given back when it has done so for long. */
  note(key: string, object: ClusterObject, behind: readonly string[]): readonly string[] | undefined;
  /** All have been looked at: says who has begun to be slow, and who has ended. */
  end(): void;
  /** How many wait, for however long. */
  readonly size: number;
}

/** For longer than a change takes where all is well. */
const longMs = 10_000;

/** Nothing waits. */
export function createWaiting(log: Log): Waiting {
  let before = new Map<string, Since>();
  let current = new Map<string, Since>();
  let slow = new Map<string, number>();
  let known: ReadonlySet<string> = new Set();
  let time = 0;
  return {
    begin(now) {
      [before, current] = [current, new Map()];
      slow = new Map();
      time = now;
    },
    note(key, { manifestVersion }, behind) {
      const earlier = before.get(key);
      const since = earlier?.manifestVersion === manifestVersion ? earlier : { manifestVersion, at: time };
      current.set(key, since);
      if (time - since.at < longMs) return undefined;
      for (const name of behind) slow.set(name, (slow.get(name) ?? 0) + 1);
      return behind;
    },
    end() {
      for (const [name, count] of slow) if (!known.has(name)) log("warning", slowSentence(name, count));
      for (const name of known) if (!slow.has(name)) log("info", `no status waits for ${namesOf([name])} any more`);
      known = new Set(slow.keys());
    },
    get size() {
      return current.size;
    },
  };
}

interface Since {
  readonly manifestVersion: string;
  readonly at: number;
}

function slowSentence(name: string, count: number): string {
  const what = count === 1 ? "1 changed object" : `${count} changed objects`;
  const traffic = "requests that come there see what was before";
  return `${namesOf([name])} has not acknowledged ${what}; ${traffic}, and statuses wait until it has, or is gone`;
}
