/**
 * SERVE: what one Envoy wants of one resource type, what it has, and what it has still to be told.
 * Plain data and small functions on it; when something may be sent is decided in order.ts.
 */
import type { Encoded, ResourceType } from "#compiler";
import type { RefusedVersions } from "./refusal.ts";
import { forgetSpelling, isAskedByServerName, noteSpelling, respelled, type Spellings } from "./server-names.ts";
import type { SnapshotView } from "./snapshot.ts";

/** What Envoy was told about a name. An empty version means "there is no such resource". */
export interface Told {
  readonly version: string;
  /** Absent when Envoy came with a version that this process has never seen. */
  readonly resource?: Encoded;
}

/** A response that Envoy has not acknowledged yet. */
export interface Response {
  readonly type: ResourceType;
  readonly nonce: string;
  /** Position among all responses of the stream: Envoy applies them in this order. */
  readonly sequence: number;
  readonly resources: readonly Encoded[];
  readonly removed: readonly string[];
  /** The oldest change that is waiting for this response. */
  readonly since: number;
  readonly sentAt: number;
}

/** One resource type on one stream. */
export interface Subscription {
  readonly type: ResourceType;
  readonly wildcard: boolean;
  readonly names: Set<string>;
  readonly spellings: Spellings;
  /** Acknowledged, or brought along by Envoy when it connected. */
  readonly held: Map<string, Told>;
  /** Sent and not acknowledged: the newest only. */
  readonly sent: Map<string, { readonly told: Told; readonly sequence: number }>;
  /** Names to compare with the snapshot, and the change since which. */
  readonly pending: Map<string, number>;
  /** Names to be sent even if the version has not changed. */
  readonly forced: Set<string>;
  /** Scopes that were a part of refused responses since Envoy took them last, and of how many. */
  readonly tried: Map<string, number>;
  /** Parts of a refused response, each to be sent alone, to find the resource that Envoy refuses. */
  readonly parts: string[][];
  readonly inFlight: Map<string, Response>;
  /** Envoy had nothing of this type when it opened the stream. */
  readonly cameEmpty: boolean;
  /** Envoy came with nothing and asked for everything: it waits for an answer, even if that is empty. */
  unanswered: boolean;
}

/** What Envoy says when it first asks for a type on a stream. */
export interface FirstRequest {
  readonly wildcard: boolean;
  readonly names: readonly string[];
  /** The versions of what it already has. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What is to be done about a pending name. */
export type Verdict =
  | { readonly kind: "nothing" }
  | { readonly kind: "send"; readonly resource: Encoded }
  | { readonly kind: "remove" };

/** Starts a subscription. Everything wanted or held is pending until it has been compared with the snapshot. */
export function openSubscription(type: ResourceType, first: FirstRequest, view: SnapshotView): Subscription {
  const names = new Set(first.names);
  const held = new Map<string, Told>();
  for (const [name, version] of Object.entries(first.versions)) {
    if (first.wildcard || names.has(name)) held.set(name, { version });
  }
  const pending = new Map<string, number>();
  for (const name of names) pending.set(name, view.number);
  if (first.wildcard) {
    for (const name of view.names(type)) pending.set(name, view.number);
    for (const name of held.keys()) pending.set(name, view.number);
  }
  const { wildcard } = first;
  const spellings: Spellings = new Map();
  for (const name of names) noteSpelling(spellings, type, name);
  const sending = { sent: new Map(), forced: new Set<string>(), tried: new Map(), parts: [], inFlight: new Map() };
  const cameEmpty = Object.keys(first.versions).length === 0;
  return {
    type,
    wildcard,
    names,
    spellings,
    held,
    pending,
    ...sending,
    cameEmpty,
    unanswered: wildcard && held.size === 0,
  };
}

/** Whether Envoy wants a name. */
export function wants(subscription: Subscription, name: string): boolean {
  return subscription.wildcard || subscription.names.has(name);
}

/** Marks a name as possibly changed; the oldest change that concerns it is kept. */
export function touch(subscription: Subscription, name: string, since: number): void {
  for (const one of [name, ...(subscription.spellings.get(name) ?? [])])
    if (wants(subscription, one) && !subscription.pending.has(one)) subscription.pending.set(one, since);
}

/** What Envoy was last told about a name, acknowledged or not. */
export function lastTold(subscription: Subscription, name: string): Told | undefined {
  return subscription.sent.get(name)?.told ?? subscription.held.get(name);
}

/** Whether Envoy has been given a resource of this name and was not told since that it is gone. */
export function has(subscription: Subscription | undefined, name: string): boolean {
  return subscription !== undefined && (lastTold(subscription, name)?.version ?? "") !== "";
}

/** Whether Envoy has been given any resource of the type that it has not been told is gone. */
export function hasAny(subscription: Subscription): boolean {
  return [...subscription.held.keys(), ...subscription.sent.keys()].some((name) => has(subscription, name));
}

/** Compares a name with the snapshot. Types that Envoy asks for by name are never taken back, see `removable`. */
export function judge(subscription: Subscription, name: string, view: SnapshotView, refused: RefusedVersions): Verdict {
  const { type } = subscription;
  if (!wants(subscription, name)) return { kind: "nothing" };
  const told = lastTold(subscription, name);
  const resource = view.get(type, name) ?? respelled(subscription.spellings, name, view);
  // It is looked at again when everything is there.
  if (!resource && !view.isComplete) return { kind: "nothing" };
  const forced = subscription.forced.has(name);
  if (resource && told?.version === resource.version && !forced) {
    adopt(subscription, name, resource);
    return { kind: "nothing" };
  }
  if (resource && !refused.has(type, name, resource.version)) return { kind: "send", resource };
  const unanswered = subscription.names.has(name) && (!told || (forced && !resource));
  const outdated = !resource && removable(type, name, view) && told !== undefined && told.version !== "";
  return { kind: unanswered || outdated ? "remove" : "nothing" };
}

/**
 * Whether a resource is taken back when it is gone from the snapshot. Envoy drops the others by unsubscribing; taking
 * them back earlier would take a filter or a certificate away from connections that drain. It never lets go by itself
 * of what it was asked for in a handshake. Without any scope, listeners have tables, and only what drains has scopes.
 */
function removable(type: ResourceType, name: string, view: SnapshotView): boolean {
  if (type === "scope") return view.size(type) > 0;
  return type === "cluster" || type === "listener" || isAskedByServerName(type, name);
}

/** Looks again at everything that Envoy has or wants, some of which may have been left in place, or unanswered. */
export function touchAll(subscription: Subscription, since: number): void {
  const { names, held, sent } = subscription;
  for (const name of [...names, ...held.keys(), ...sent.keys()]) touch(subscription, name, since);
}

function adopt(subscription: Subscription, name: string, resource: Encoded): void {
  const held = subscription.held.get(name);
  if (held && !held.resource && held.version === resource.version) {
    subscription.held.set(name, { version: held.version, resource });
  }
}

/** Notes a response as sent. */
export function noteSent(subscription: Subscription, response: Response): void {
  const { sequence } = response;
  subscription.unanswered = false;
  for (const resource of response.resources) {
    subscription.sent.set(resource.name, { told: { version: resource.version, resource }, sequence });
    settle(subscription, resource.name);
  }
  for (const name of response.removed) {
    subscription.sent.set(name, { told: { version: "" }, sequence });
    settle(subscription, name);
  }
  subscription.inFlight.set(response.nonce, response);
}

function settle(subscription: Subscription, name: string): void {
  subscription.pending.delete(name);
  subscription.forced.delete(name);
}

/** Notes that Envoy took a response. */
export function noteAcknowledged(subscription: Subscription, response: Response): void {
  subscription.inFlight.delete(response.nonce);
  for (const resource of response.resources) {
    endSent(subscription, resource.name, response);
    subscription.tried.delete(resource.name);
    if (wants(subscription, resource.name))
      subscription.held.set(resource.name, { version: resource.version, resource });
  }
  for (const name of response.removed) {
    endSent(subscription, name, response);
    subscription.tried.delete(name);
    if (subscription.names.has(name)) subscription.held.set(name, { version: "" });
    else subscription.held.delete(name);
  }
}

/** Notes that Envoy refused a response: it still has what it had before. */
export function noteRefused(subscription: Subscription, response: Response): void {
  const { inFlight, tried, type } = subscription;
  inFlight.delete(response.nonce);
  for (const name of namesOf(response)) endSent(subscription, name, response);
  if (type === "scope") for (const { name } of response.resources) tried.set(name, (tried.get(name) ?? 0) + 1);
}

function endSent(subscription: Subscription, name: string, response: Response): void {
  if (subscription.sent.get(name)?.sequence === response.sequence) subscription.sent.delete(name);
}

/** Every name that a response speaks of. */
export function namesOf(response: Response): string[] {
  return [...response.resources.map((resource) => resource.name), ...response.removed];
}

/** Asks for more names. A name that Envoy already had is sent again, because it says that it needs it. */
export function subscribe(subscription: Subscription, names: readonly string[], since: number): void {
  for (const name of names) {
    subscription.names.add(name);
    noteSpelling(subscription.spellings, subscription.type, name);
    subscription.forced.add(name);
    touch(subscription, name, since);
  }
}

/** Lets names go. */
export function unsubscribe(subscription: Subscription, names: readonly string[]): void {
  for (const name of names) {
    subscription.names.delete(name);
    forgetSpelling(subscription.spellings, name);
    if (subscription.wildcard) continue;
    settle(subscription, name);
    subscription.held.delete(name);
    subscription.sent.delete(name);
  }
}
