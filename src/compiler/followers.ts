/**
 * Who wants to know, at times of its own, which objects are not what they were: commits note them until somebody asks.
 */
import type { Declared } from "./compile.ts";
import type { Following } from "./door.ts";
import type { Changes } from "./graph/index.ts";

/** Those who follow. */
export interface Followers {
  /** A commit has been done. */
  note(changes: Changes): void;
  /** One more follows, from the next commit on. */
  follow(): Following;
}

/** Nobody follows yet. */
export function createFollowers({ objects: { identities, admitted, all }, ingresses }: Declared): Followers {
  // Each for itself: a commit that is interrupted may have done one of them and not yet another.
  const followed = [identities, admitted, all("Host"), ingresses];
  const followers = new Set<(key: string) => void>();
  return {
    note(changes) {
      if (followers.size === 0) return;
      for (const collection of followed)
        for (const key of changes.changed(collection)) for (const note of followers) note(key);
    },
    follow() {
      let noted = new Set<string>();
      const note = (key: string): void => void noted.add(key);
      followers.add(note);
      return {
        take() {
          const taken = noted;
          noted = new Set();
          return taken;
        },
        end: () => void followers.delete(note),
      };
    },
  };
}
