/**
 * OBSERVE for the data of Secrets, of which a cluster may have thousands and a configuration refers to few. What
 * nothing refers to is dropped as it is decoded; when something begins to refer to it, it is fetched; when nothing does
 * any more, it is dropped again. Until the first compilation tells what is referred to, everything is kept, so that a
 * start fetches nothing.
 */
import { isWithheld, withhold } from "#compiler";
import { isAtLeast, isVersion } from "../../kube/resource-version.ts";
import type { ClusterObject } from "./object.ts";
import { createSecretFetches, type SecretFetchOptions } from "./secret-fetches.ts";

/** Whose data is kept. Keys are `namespace/name`. */
export interface SecretData {
  /** What is stored of a Secret that is being decoded. */
  keep(key: string, object: ClusterObject): ClusterObject;
  /** What is used of a Secret that has arrived, as it was stored; undefined when it is older than what is used. */
  arrived(key: string, stored: ClusterObject): ClusterObject | undefined;
  gone(key: string): void;
  /** Tells which are referred to. While data of such is on its way: resolves when some has arrived, or is late. */
  want(keys: ReadonlySet<string>): Promise<void> | undefined;
}

/** Where data comes from and goes to. */
export interface SecretDataOptions extends Omit<SecretFetchOptions, "isNeeded" | "onFetched"> {
  /** The data of Secrets came or went. */
  readonly onChange: (changes: readonly (readonly [key: string, object: ClusterObject])[]) => void;
  /** How long data is kept that nothing refers to: a reference that is replaced comes back. */
  readonly graceMs?: number;
}

/** Starts with none. */
export function openSecretData({ onChange, graceMs = 5000, ...options }: SecretDataOptions): SecretData {
  let wanted: ReadonlySet<string> | undefined;
  let willDrop = false;
  /** All Secrets, with their data or without. */
  const used = new Map<string, ClusterObject>();
  /** Those with data. */
  const whole = new Set<string>();
  /** Those that were fetched and are ahead of what has been told of changes. */
  const ahead = new Set<string>();
  /** Data between being decoded and being used. */
  const decoded = new WeakMap<ClusterObject, ClusterObject>();
  const fetches = createSecretFetches({
    ...options,
    isNeeded: (key) => wanted?.has(key) === true && isWithout(used.get(key)),
    onFetched(key, object) {
      if (used.get(key)?.resourceVersion !== object.resourceVersion) ahead.add(key);
      use(key, object);
      onChange([[key, object]]);
    },
  });

  function use(key: string, object: ClusterObject): void {
    used.set(key, object);
    if (withhold(object.raw) === object.raw) whole.delete(key);
    else whole.add(key);
  }

  function fetchMissing(key: string): void {
    const object = used.get(key);
    if (object && isWithout(object)) fetches.start(key, object.raw.ref);
  }

  function drop(): void {
    willDrop = false;
    if (options.signal.aborted) return;
    const dropped = [...whole].flatMap((key) => {
      const object = used.get(key);
      return object === undefined || wanted?.has(key) ? [] : [[key, { ...object, raw: withhold(object.raw) }] as const];
    });
    for (const [key, object] of dropped) use(key, object);
    if (dropped.length > 0) onChange(dropped);
  }

  return {
    keep(key, object) {
      const stored = { ...object, raw: withhold(object.raw) };
      if (wanted === undefined || wanted.has(key)) decoded.set(stored, object);
      return stored;
    },
    arrived(key, stored) {
      if (ahead.has(key) && isOlder(stored, used.get(key))) return undefined;
      ahead.delete(key);
      const object = decoded.get(stored) ?? stored;
      decoded.delete(stored);
      use(key, object);
      if (wanted?.has(key)) fetchMissing(key);
      return object;
    },
    gone(key) {
      used.delete(key);
      whole.delete(key);
      ahead.delete(key);
    },
    want(keys) {
      if (keys !== wanted) {
        wanted = keys;
        if (!willDrop) setTimeout(drop, graceMs).unref();
        willDrop = true;
        keys.forEach(fetchMissing);
      }
      return fetches.awaited();
    },
  };
}

function isWithout(object: ClusterObject | undefined): boolean {
  return object !== undefined && isWithheld(object.raw);
}

/** Versions are numbers that grow; whatever else one may be is believed to be newer. */
function isOlder({ resourceVersion: one }: ClusterObject, other: ClusterObject | undefined): boolean {
  return (
    other !== undefined && isVersion(one) && isVersion(other.resourceVersion) && !isAtLeast(one, other.resourceVersion)
  );
}
