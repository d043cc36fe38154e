/**
 * Which versions of which resources Envoy refused during this process, and which of those deserve another try without
 * any change: an address that somebody else uses may become free.
 */
import type { Log } from "#base/log.ts";
import type { ResourceType } from "#compiler";
import type { Refused } from "../xds/refusal.ts";
import type { XdsServer } from "../xds/server.ts";

/** The memory of refusals. */
export interface RefusedHere {
  /** Takes a refusal in; true when an object is to blame, false when it is to be tried again. */
  note(refused: Refused, log: Log): boolean;
  /** The refusal of a resource as it is now; it may be an old one of content that has come back. */
  current(type: ResourceType, name: string): Refused | undefined;
  /** Sends everything of a type once more that is refused as it is now: something else was to blame. */
  pardon(type: ResourceType): void;
}

const firstRetryMs = 1_000;
const longestRetryMs = 30_000;
/** Whoever writes nothing but what Envoy refuses must not fill the memory. */
const mostRemembered = 1_000;

/** Starts with nothing. */
export function createRefusedHere(server: Pick<XdsServer, "retry" | "snapshot">): RefusedHere {
  /** By type, name and version, the newest last. */
  const known = new Map<string, Refused>();
  const retries = new Map<string, { readonly version: string; readonly delay: number }>();

  function tryAgain({ type, name, version, message }: Refused, log: Log): void {
    const key = `${type}/${name}`;
    const before = retries.get(key);
    const again = before?.version === version;
    const delay = again ? Math.min(longestRetryMs, before.delay * 2) : firstRetryMs;
    retries.set(key, { version, delay });
    if (!again)
      log("error", "a listener's address cannot be bound; it is tried again until it can", { name, reason: message });
    setTimeout(() => server.retry(type, name, version), delay).unref();
  }

  function current(type: ResourceType, name: string): Refused | undefined {
    const version = server.snapshot.get(type, name)?.version;
    return version === undefined ? undefined : known.get(keyOf(type, name, version));
  }

  /** What is forgotten here must be judged anew when it comes back, so no Envoy's memory may keep it from being sent. */
  function forgetOldest(): void {
    for (const [key, { type, name, version }] of known) {
      if (known.size <= mostRemembered) return;
      if (server.snapshot.get(type, name)?.version === version) continue;
      known.delete(key);
      server.retry(type, name, version);
    }
  }

  return {
    current,
    note(refused, log) {
      const key = keyOf(refused.type, refused.name, refused.version);
      if (refused.type === "listener" && isAddressTrouble(refused.message)) {
        tryAgain(refused, log);
        return false;
      }
      known.delete(key);
      known.set(key, refused);
      forgetOldest();
      return true;
    },
    pardon(type) {
      for (const name of server.snapshot.names(type)) {
        const refused = current(type, name);
        if (!refused) continue;
        known.delete(keyOf(type, name, refused.version));
        server.retry(type, name, refused.version);
      }
    },
  };
}

function keyOf(type: ResourceType, name: string, version: string): string {
  return `${type}/${name} ${version}`;
}

function isAddressTrouble(message: string): boolean {
  return /cannot bind|address already in use|permission denied/i.test(message);
}
