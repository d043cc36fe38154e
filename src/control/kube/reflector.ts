/**
 * Keeps a copy of all objects of one resource, and says what changes in it. The copy only ever moves from one state
 * of the API server to a later one: what cannot be watched is listed again and compared, so that nothing is missed,
 * and while the server is away, or does not permit, or seems not to know the resource, what was last seen stays.
 *
 *   list (streamed, or in pages) ─► watch ─► watch ─► … until its history is gone ─► list, compare ─► watch
 */
import { createBackOff } from "#base/back-off.ts";
import type { Fields } from "#base/fields.ts";
import type { Client } from "./client.ts";
import { type Change, createCopy, keyOf } from "./copy.ts";
import { ApiFailure, isExpired, isPassing, NoAnswer } from "./failure.ts";
import { listPages } from "./list-pages.ts";
import { isOutside } from "./outside.ts";
import { pauseUnlessAborted } from "./pause.ts";
import { type ApiResource, collectionPath } from "./resource.ts";
import { readEvent } from "./watch-event.ts";

/** How a reflector fares. */
export type ReflectorState =
  /** The copy follows the server. */
  | { readonly kind: "following" }
  /** The server does not have the resource: its definition is not installed. */
  | { readonly kind: "absent" }
  | { readonly kind: "forbidden"; readonly message: string }
  /** The server is away, or something is wrong with its answers. */
  | { readonly kind: "failing"; readonly message: string };

/** What to copy, and what to do with it. */
export interface ReflectorOptions<T> {
  readonly client: Client;
  /** The same resource in its versions, best first: the first that the server has is copied. */
  readonly resources: readonly [ApiResource, ...ApiResource[]];
  /** One namespace only. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** What is kept of an object; called once for each that arrives. */
  readonly keep: (object: Fields, resource: ApiResource) => T;
  /** Changes, in batches as they arrive; also an empty one, when a whole list is there and nothing is new. */
  readonly onChanges: (changes: readonly Change<T>[]) => void;
  /** All changes up to this version have been told. */
  readonly onVersion?: (resourceVersion: string) => void;
  /** Its state is another one than before. */
  readonly onState: (state: ReflectorState) => void;
  /** The server has forgotten what happened since the last change; all objects are listed again. */
  readonly onForgotten?: () => void;
  readonly signal: AbortSignal;
}

/** A server that is away is asked again soon, since that costs it nothing. */
const absence = { shortestMs: 50, longestMs: 1000, healthyMs: 5000 };
/** Lost history is listed again at once, unless that is what happened the moment before, too. */
const expiry = { shortestMs: 20, longestMs: 30_000, healthyMs: 5000 };
const trouble = { shortestMs: 500, longestMs: 30_000, healthyMs: 60_000 };
const lookAgainMs = 5000;

/** Where the copy stands; without a version it must be listed. */
interface Position {
  resourceVersion: string | undefined;
  /** Whether the server streams lists; found out by trying, as the resource's version is. */
  streamsLists: boolean;
  resource: ApiResource;
}

/** Runs until the signal; rejects only because of a bug. */
export async function reflect<T>(options: ReflectorOptions<T>): Promise<void> {
  const { signal } = options;
  const position: Position = { resourceVersion: undefined, streamsLists: true, resource: options.resources[0] };
  const follow = follower(options, position);
  const judge = judgement(options, position, follow.empty);
  while (!signal.aborted) {
    const startedAt = performance.now();
    const failure = await follow.once().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (signal.aborted) return;
    const delay = await judge(failure, performance.now() - startedAt);
    await pauseUnlessAborted(delay, signal);
  }
}

/** Takes lists and events into the copy. */
function follower<T>(options: ReflectorOptions<T>, position: Position) {
  const { client, signal, onChanges, onState } = options;
  const path = () => collectionPath(position.resource, options.namespace);
  const keep = (object: Fields) => options.keep(object, position.resource);
  const selectors = { labelSelector: options.labelSelector, fieldSelector: options.fieldSelector };
  const copy = createCopy<T>();

  function tellVersion(): void {
    if (position.resourceVersion !== undefined) options.onVersion?.(position.resourceVersion);
  }

  function replace(list: ReadonlyMap<string, T>, resourceVersion: string | undefined): void {
    onChanges(copy.replace(list));
    position.resourceVersion = resourceVersion;
    tellVersion();
    onState({ kind: "following" });
  }

  async function listed(): Promise<void> {
    const entry = (item: Fields) => [keyOf(item), keep(item)] as const;
    const { items, resourceVersion } = await listPages(client, { path: path(), query: selectors, signal }, entry);
    replace(new Map(items), resourceVersion);
  }

  /** One stream of events to its end, which the server sets; begins with a list where there is none. */
  async function followed(): Promise<void> {
    const { resourceVersion } = position;
    const from = resourceVersion === undefined ? listFirst : { resourceVersion };
    const stream = await client.stream({ path: path(), query: { ...selectors, ...watching(), ...from }, signal });
    if (resourceVersion !== undefined) onState({ kind: "following" });
    let list = resourceVersion === undefined ? new Map<string, T>() : undefined;
    for await (const events of stream) list = take(events, list);
    if (list) throw new NoAnswer("the API server ended a list before it was complete");
  }

  /** Gives the list as far as it is there; undefined when it is complete and the copy follows. */
  function take(events: readonly unknown[], begun: Map<string, T> | undefined): Map<string, T> | undefined {
    const changes: Change<T>[] = [];
    let list = begun;
    try {
      for (const event of events) {
        const { type, object, resourceVersion, endsList } = readEvent(event);
        if (list && endsList) {
          replace(list, resourceVersion);
          list = undefined;
        } else if (list && type === "DELETED") list.delete(keyOf(object));
        else if (list && type !== "BOOKMARK") list.set(keyOf(object), keep(object));
        else if (!list && type === "DELETED") changes.push(...copy.remove(keyOf(object)));
        else if (!list && type !== "BOOKMARK") changes.push(copy.put(keyOf(object), keep(object)));
        if (!list) position.resourceVersion = resourceVersion ?? position.resourceVersion;
      }
    } finally {
      if (changes.length > 0) onChanges(changes);
      tellVersion();
    }
    return list;
  }

  return {
    async once(): Promise<void> {
      if (position.resourceVersion === undefined && !position.streamsLists) await listed();
      await followed();
    },
    empty: () => onChanges(copy.replace(new Map())),
  };
}

const listFirst = { sendInitialEvents: true, resourceVersionMatch: "NotOlderThan" };

/** Watches end at different times, so that they do not all begin at once. */
function watching() {
  return { watch: true, allowWatchBookmarks: true, timeoutSeconds: 300 + Math.floor(Math.random() * 300) };
}

/** What the end of a stream means for the copy's position and state; gives the delay before the next one, in ms. */
function judgement<T>(options: ReflectorOptions<T>, position: Position, empty: () => void) {
  const { client, resources, signal, onState } = options;
  const away = createBackOff(absence, Math.random);
  const troubled = createBackOff(trouble, Math.random);
  const expired = createBackOff(expiry, Math.random);
  let expiredAt = Number.NEGATIVE_INFINITY;
  /** Why a version that was asked for before could not be read, although it is there. */
  let unconverted: string | undefined;

  function judgeExpiry(): number {
    const before = expiredAt;
    expiredAt = performance.now();
    if (position.resourceVersion !== undefined) options.onForgotten?.();
    position.resourceVersion = undefined;
    return expired.next(expiredAt - before);
  }

  /** Whether there is another version, which is asked for next. */
  function hasNextVersion(): boolean {
    const other = resources[resources.indexOf(position.resource) + 1];
    position.resource = other ?? resources[0];
    return other !== undefined;
  }

  function judgeAbsence(): number {
    if (hasNextVersion()) return 0;
    if (unconverted !== undefined) return failed(unconverted);
    position.resourceVersion = undefined;
    empty();
    onState({ kind: "absent" });
    return lookAgainMs;
  }

  /** Nobody says which version objects are stored in; that one can be read without the webhook. */
  function judgeConversion(message: string): number {
    position.resourceVersion = undefined;
    unconverted = message;
    return hasNextVersion() ? 0 : failed(message);
  }

  function failed(message: string): number {
    unconverted = undefined;
    onState({ kind: "failing", message });
    return troubled.next(0);
  }

  return async (failure: unknown, lastedMs: number): Promise<number> => {
    if (lastedMs >= absence.healthyMs) unconverted = undefined;
    if (failure === undefined) return lastedMs < absence.healthyMs ? away.next(lastedMs) : 0;
    if (!isOutside(failure)) throw failure;
    if (isExpired(failure)) return judgeExpiry();
    // A server that is starting refuses whoever it does not know yet, and lacks what is not installed in it yet.
    if (failure instanceof ApiFailure && (await client.isStarting(signal))) {
      onState({ kind: "failing", message: "the API server is starting" });
      await client.whenStarted(signal);
      return 0;
    }
    if (failure instanceof ApiFailure && failure.status === 404) return judgeAbsence();
    if (needsConversion(failure)) return judgeConversion(failure.message);
    if (failure instanceof ApiFailure && failure.status === 403) {
      onState({ kind: "forbidden", message: failure.message });
      return lookAgainMs;
    }
    if (position.resourceVersion === undefined && position.streamsLists && mayBeTooOld(failure)) {
      position.streamsLists = false;
      return 0;
    }
    onState({ kind: "failing", message: described(failure) });
    if (failure instanceof NoAnswer) return away.next(lastedMs);
    // What will not pass by itself is not about this moment: perhaps it is about the position.
    if (!isPassing(failure)) position.resourceVersion = undefined;
    const asked = failure instanceof ApiFailure ? (failure.retryAfterMs ?? 0) : 0;
    return Math.max(troubled.next(lastedMs), asked);
  };
}

/** Whether objects are stored in another version, and the webhook that would convert them does not answer. */
function needsConversion(failure: Error): boolean {
  return failure instanceof ApiFailure && /\bconversion webhook for .* failed\b/.test(failure.message);
}

function described(failure: Error): string {
  const refused = failure instanceof ApiFailure && failure.status === 401;
  return refused ? `the API server does not accept this instance's identity: ${failure.message}` : failure.message;
}

/** Servers before 1.32, or with an old etcd, refuse to stream lists. */
function mayBeTooOld(failure: unknown): boolean {
  return failure instanceof ApiFailure && [400, 422, 500].includes(failure.status);
}
