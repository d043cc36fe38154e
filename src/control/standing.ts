/**
 * REPORT of what has just happened: such notices stand beside those of what is for a while, and then go by themselves.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import { formatOrigin } from "#base/origin.ts";
import type { Clock } from "./clock.ts";

/** Notices with an end. */
export interface Standing {
  /** The same notice again stands from anew. */
  add(notices: readonly Diagnostic[], ms: number): void;
  all(): readonly Diagnostic[];
}

/** `onGone` is called when some have gone. */
export function createStanding(clock: Clock, onGone: () => void): Standing {
  const standing = new Map<string, { readonly notice: Diagnostic; readonly callOff: () => void }>();
  return {
    add(notices, ms) {
      for (const notice of notices) {
        const key = `${notice.code} ${formatOrigin(notice.at)}`;
        standing.get(key)?.callOff();
        const callOff = clock.after(ms, () => {
          standing.delete(key);
          onGone();
        });
        standing.set(key, { notice, callOff });
      }
    },
    all: () => [...standing.values()].map(({ notice }) => notice),
  };
}
