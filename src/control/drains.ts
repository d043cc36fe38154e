/**
 * Says which connections a changed listener ends: Envoy drains every chain whose bytes are gone, and all of them when
 * a setting of the listener itself changed. Announced before the change is sent, because clients will notice it.
 */
import { equalBytes } from "#base/equal.ts";
import type { Log } from "#base/log.ts";
import type { Encoded, ResourceChange } from "#compiler";

/** How many of a listener's filter chains drain, and out of how many. */
export interface Drain {
  readonly chains: number;
  readonly of: number;
}

/** What a change ends; the first part of a listener's bytes is everything but its chains. */
export function drainOf(before: Encoded, after: Encoded | undefined): Drain {
  const [head, ...chains] = before.parts;
  const [newHead, ...kept] = after?.parts ?? [];
  const same = head !== undefined && newHead !== undefined && equalBytes(head, newHead);
  const gone = chains.filter((chain) => !same || !kept.some((other) => equalBytes(chain, other)));
  return { chains: gone.length, of: chains.length };
}

/** Logs what the listeners among the changes end. `held` gives what Envoy has of a listener now. */
export function announceDrains(
  changes: readonly ResourceChange[],
  held: (name: string) => Encoded | undefined,
  log: Log,
): void {
  for (const { type, name, resource } of changes) {
    const before = type === "listener" ? held(name) : undefined;
    const { chains, of } = before ? drainOf(before, resource) : { chains: 0, of: 0 };
    if (chains === 0) continue;
    const how = resource ? "changes" : "is removed";
    log(
      "info",
      `listener ${name} ${how}: connections of ${chains} of its ${of} filter chains end within the drain time`,
    );
  }
}
