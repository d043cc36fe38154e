/**
 * REPORT of what has just happened: such notices stand beside those of what is for a while, and then go by themselves.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import { formatOrigin } from "#base/origin.ts";
import type { Clock } from "../clock.ts";

/** Notices with an end. */
export interface PassingNotices {
  /** The same notice again stands from anew. */
  add(notices: readonly Diagnostic[], ms: number): void;
  all(): readonly Diagnostic[];
}

/** `onGone` is called when some have gone. */
export function createPassingNotices(clock: Clock, onGone: () => void): PassingNotices {
  const present = new Map<string, { readonly notice: Diagnostic; readonly callOff: () => void }>();
  return {
    add(notices, ms) {
      for (const notice of notices) {
        const key = `${notice.code} ${formatOrigin(notice.at)}`;
        present.get(key)?.callOff();
        const callOff = clock.after(ms, () => {
          present.delete(key);
          onGone();
        });
        present.set(key, { notice, callOff });
      }
    },
    all: () => [...present.values()].map(({ notice }) => notice),
  };
}
