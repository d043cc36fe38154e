/**
 * SERVE: the state machine of one stream: which resource may be sent to one Envoy, and when.
 * Pure: no input or output, no clock; what happened and the time come in, responses and the next wake-up go out.
 * It guarantees that
 * - a type has one unacknowledged response at a time (clusters: see `mayFollow`);
 * - clusters and their endpoints go first, and a route table never reaches Envoy before the clusters it names are
 *   warm, unless it has waited `warmWaitMs` for one;
 * - a cluster is removed only after everything that Envoy holds has stopped naming it, and a grace;
 * - every name asked for is answered, by the resource or by a removal;
 * - a refused version is not sent again.
 */
import type { Encoded, ResourceChange, ResourceType } from "#compiler";
import { type Leaving, namesClusters, nextRemovalAt, removableClusters, updateGraces } from "./leaving.ts";
import { halves, type RefusedVersions, type ResourceRefusal } from "./refusal.ts";
import type { SnapshotView } from "./snapshot.ts";
import {
  type FirstRequest,
  has,
  judge,
  namesOf,
  noteAcknowledged,
  noteRefused,
  noteSent,
  openSubscription,
  type Response,
  type Subscription,
  subscribe,
  touch,
  unsubscribe,
  wants,
} from "./subscription.ts";
import {
  clustersAcknowledged,
  createWarming,
  endpointsAcknowledged,
  noteClusterRefused,
  startWarming,
  stillWarms,
  stopWarming,
  type Warming,
} from "./warming.ts";

/** The times and sizes that an operator or a test may choose. */
export interface OrderOptions {
  /** How long a route table waits for one cluster. */
  readonly warmWaitMs: number;
  /** How long a cluster outlives the last thing that named it: longer than requests in flight. */
  readonly removalGraceMs: number;
  /** How long an unacknowledged CDS response holds back the next one. */
  readonly clusterHoldMs: number;
  readonly batchSize: number;
}

/** What runs outside tests. */
export const defaultOrderOptions: OrderOptions = {
  warmWaitMs: 2_000,
  removalGraceMs: 15_000,
  clusterHoldMs: 100,
  batchSize: 1_000,
};

/** What happened. */
export type OrderEvent =
  | { readonly kind: "open"; readonly type: ResourceType; readonly first: FirstRequest }
  | { readonly kind: "subscribe" | "unsubscribe"; readonly type: ResourceType; readonly names: readonly string[] }
  | { readonly kind: "ack"; readonly type: ResourceType; readonly nonce: string }
  | { readonly kind: "nack"; readonly type: ResourceType; readonly nonce: string; readonly message: string }
  | { readonly kind: "changed"; readonly changes: readonly Pick<ResourceChange, "type" | "name">[] }
  | { readonly kind: "writable"; readonly value: boolean }
  | { readonly kind: "tick" };

/** A resource that was sent although clusters that it names were not warm in time. */
export interface SentEarly {
  readonly type: ResourceType;
  readonly name: string;
  readonly clusters: readonly string[];
}

/** What is to be done about it. */
export interface OrderOutput {
  readonly sends: readonly Response[];
  readonly refusals: readonly ResourceRefusal[];
  readonly early: readonly SentEarly[];
  /** When to come back with a `tick`, if nothing happens before. */
  readonly wakeAt?: number;
}

/** The state of one stream. Only `step` changes it. */
export interface OrderState {
  readonly view: SnapshotView;
  readonly refused: RefusedVersions;
  readonly options: OrderOptions;
  readonly subscriptions: Map<ResourceType, Subscription>;
  readonly warming: Warming;
  readonly leaving: Leaving;
  readonly openedAt: number;
  sequence: number;
  writable: boolean;
  /** What Envoy holds may have stopped, or begun, to name a leaving cluster. */
  namesChanged: boolean;
}

interface Work {
  readonly state: OrderState;
  readonly now: number;
  readonly sends: Response[];
  readonly refusals: ResourceRefusal[];
  readonly early: SentEarly[];
  wakeAt: number;
}

const sendOrder: readonly ResourceType[] = ["cluster", "endpoints", "secret", "extension", "listener", "routes"];
/** Envoy can withhold CDS acknowledgements for long; more than this many outstanding would be a leak. */
const maxOutstanding = 256;

/** A stream that has just been opened. */
export function openOrder(
  view: SnapshotView,
  refused: RefusedVersions,
  options: OrderOptions,
  now: number,
): OrderState {
  return {
    view,
    refused,
    options,
    subscriptions: new Map(),
    warming: createWarming(),
    leaving: new Map(),
    openedAt: now,
    sequence: 0,
    writable: true,
    namesChanged: false,
  };
}

/** Takes in what happened and gives back all that may be sent now. */
export function step(state: OrderState, events: readonly OrderEvent[], now: number): OrderOutput {
  const work: Work = { state, now, sends: [], refusals: [], early: [], wakeAt: Number.POSITIVE_INFINITY };
  for (const event of events) take(work, event);
  if (state.writable) plan(work);
  const { sends, refusals, early, wakeAt } = work;
  return { sends, refusals, early, ...(Number.isFinite(wakeAt) && { wakeAt }) };
}

/** The newest change of which Envoy has acknowledged (or refused) everything that it asked for. */
export function acknowledged(state: OrderState): number {
  if (!state.subscriptions.has("cluster") || !state.subscriptions.has("listener")) return 0;
  let oldest = state.view.number + 1;
  for (const { pending, inFlight } of state.subscriptions.values()) {
    for (const since of pending.values()) oldest = Math.min(oldest, since);
    for (const { since } of inFlight.values()) oldest = Math.min(oldest, since);
  }
  return oldest - 1;
}

function take(work: Work, event: OrderEvent): void {
  const { state } = work;
  if (event.kind === "tick") return;
  if (event.kind === "writable") {
    state.writable = event.value;
    return;
  }
  if (event.kind === "changed") {
    for (const { type, name } of event.changes) noteChanged(state, type, name);
    return;
  }
  if (event.kind === "open") {
    state.subscriptions.set(event.type, openSubscription(event.type, event.first, state.view));
    resendIfWarming(state, event.type);
    return;
  }
  const subscription = state.subscriptions.get(event.type);
  if (!subscription) return;
  if (event.kind === "subscribe") subscribe(subscription, event.names, state.view.number);
  if (event.kind === "unsubscribe") unsubscribe(subscription, event.names);
  if (event.kind === "ack") noteAck(state, subscription, event.nonce);
  if (event.kind === "nack") noteNack(work, subscription, event.nonce, event.message);
  if (namesClusters(event.type)) state.namesChanged = true;
}

function noteChanged(state: OrderState, type: ResourceType, name: string): void {
  const subscription = state.subscriptions.get(type);
  if (subscription) touch(subscription, name, state.view.number);
  if (type === "cluster" && state.view.get(type, name)) state.leaving.delete(name);
}

/**
 * A changed cluster warms until its endpoints are sent again, though Envoy has them and does not ask. An Envoy that
 * comes back asks for clusters first, unless some of them warm: then CDS is paused, and nobody knows which they are.
 */
function resendIfWarming({ subscriptions, warming }: OrderState, type: ResourceType): void {
  const endpoints = subscriptions.get(type);
  if (type !== "endpoints" || !endpoints) return;
  const paused = !subscriptions.has("cluster");
  for (const name of endpoints.names) if (paused || warming.byEndpoints.has(name)) endpoints.forced.add(name);
}

function noteAck(state: OrderState, subscription: Subscription, nonce: string): void {
  const response = subscription.inFlight.get(nonce);
  if (!response) return;
  noteAcknowledged(subscription, response);
  if (response.type === "cluster") clustersAcknowledged(state.warming, response);
  if (response.type === "endpoints") endpointsAcknowledged(state.warming, response);
}

function noteNack(work: Work, subscription: Subscription, nonce: string, message: string): void {
  const response = subscription.inFlight.get(nonce);
  if (!response) return;
  noteRefused(subscription, response);
  const { state } = work;
  const names = namesOf(response);
  if (names.length > 1) {
    subscription.parts.unshift(...halves(names));
    for (const name of names) if (!subscription.sent.has(name)) touch(subscription, name, response.since);
    return;
  }
  for (const { type, name, version } of response.resources) {
    state.refused.add(type, name, version);
    if (type === "cluster") noteClusterRefused(state.warming, name);
    if (state.view.get(type, name)?.version !== version) touch(subscription, name, response.since);
  }
  const [name = ""] = names;
  const version = response.resources[0]?.version ?? "";
  work.refusals.push({ type: response.type, name, version, message });
}

function plan(work: Work): void {
  const { state, now } = work;
  for (const type of sendOrder) {
    const subscription = state.subscriptions.get(type);
    while (subscription) {
      const response = nextResponse(work, subscription);
      if (!response) break;
      send(work, subscription, response);
    }
  }
  planRemovals(work);
  wake(work, nextRemovalAt(state.leaving), now);
}

function planRemovals(work: Work): void {
  const { state, now } = work;
  if (state.leaving.size === 0) return;
  if (state.namesChanged) updateGraces(state.leaving, state.subscriptions, now, state.options.removalGraceMs);
  state.namesChanged = false;
  const clusters = state.subscriptions.get("cluster");
  const removed = removableClusters(state.leaving, now);
  if (!clusters || removed.length === 0 || !mayFollow(work, clusters)) return;
  for (const name of removed) {
    state.leaving.delete(name);
    stopWarming(state.warming, name);
  }
  send(work, clusters, draft(work, clusters, { resources: [], removed }));
}

function send(work: Work, subscription: Subscription, response: Response): void {
  const { warming, subscriptions, view } = work.state;
  for (const resource of response.resources) {
    if (resource.type !== "cluster") continue;
    startWarming(warming, resource, has(subscription, resource.name), response);
    const endpoints = subscriptions.get("endpoints");
    if (resource.endpoints === undefined || !endpoints || !wants(endpoints, resource.endpoints)) continue;
    endpoints.forced.add(resource.endpoints);
    touch(endpoints, resource.endpoints, view.number);
  }
  noteSent(subscription, response);
  work.sends.push(response);
  if (namesClusters(response.type)) work.state.namesChanged = true;
}

interface Content {
  readonly resources: readonly Encoded[];
  readonly removed: readonly string[];
}

function draft(work: Work, { type, pending }: Subscription, content: Content): Response {
  const { state } = work;
  const sequence = ++state.sequence;
  let since = state.view.number;
  for (const { name } of content.resources) since = Math.min(since, pending.get(name) ?? since);
  for (const name of content.removed) since = Math.min(since, pending.get(name) ?? since);
  return { type, nonce: String(sequence), sequence, ...content, since, sentAt: work.now };
}

function nextResponse(work: Work, subscription: Subscription): Response | undefined {
  const { pending, parts, type } = subscription;
  if (pending.size === 0 && parts.length === 0 && !subscription.unanswered) return undefined;
  if (!mayFollow(work, subscription)) return undefined;
  while (parts.length > 0) {
    const content = gather(work, subscription, parts.shift() ?? [], Number.POSITIVE_INFINITY);
    if (content) return draft(work, subscription, content);
  }
  const alone = type === "routes" || type === "secret" || type === "extension";
  const content = gather(work, subscription, pending.keys(), alone ? 1 : work.state.options.batchSize);
  if (content) return draft(work, subscription, content);
  return subscription.unanswered && pending.size === 0
    ? draft(work, subscription, { resources: [], removed: [] })
    : undefined;
}

/**
 * Whether the next response of a type may be sent. Envoy withholds CDS acknowledgements while any cluster warms, so
 * an unacknowledged CDS response holds back the next one only as long as its own clusters may need, and not long.
 */
function mayFollow(work: Work, { type, inFlight }: Subscription): boolean {
  if (type !== "cluster") return inFlight.size === 0;
  if (inFlight.size >= maxOutstanding) return false;
  const { state, now } = work;
  let free = true;
  for (const response of inFlight.values()) {
    const heldUntil = response.sentAt + state.options.clusterHoldMs;
    if (heldUntil <= now || (response.removed.length === 0 && !stillWarms(state.warming, response))) continue;
    wake(work, heldUntil, now);
    free = false;
  }
  return free;
}

/** Collects what may be sent of some names; slowly warming clusters only when nothing else is left. */
function gather(work: Work, subscription: Subscription, names: Iterable<string>, limit: number): Content | undefined {
  const { view, refused } = work.state;
  const resources: Encoded[] = [];
  const slow: Encoded[] = [];
  const removed: string[] = [];
  for (const name of names) {
    if (resources.length + removed.length >= limit) break;
    const verdict = judge(subscription, name, view, refused);
    if (verdict.kind === "send") {
      if (!isReady(work, subscription, verdict.resource)) continue;
      (verdict.resource.slow ? slow : resources).push(verdict.resource);
    } else if (verdict.kind === "remove" && !(subscription.type === "cluster" && has(subscription, name))) {
      removed.push(name);
    } else {
      subscription.pending.delete(name);
      if (subscription.type === "cluster" && !view.get("cluster", name)) leave(work.state, subscription, name);
    }
  }
  if (resources.length + removed.length > 0) return { resources, removed };
  return slow.length > 0 ? { resources: slow, removed } : undefined;
}

/** A cluster is gone from the snapshot: it is removed once nothing names it, or forgotten if Envoy never took it. */
function leave(state: OrderState, clusters: Subscription, name: string): void {
  if (!has(clusters, name)) {
    stopWarming(state.warming, name);
  } else if (!state.leaving.has(name)) {
    state.leaving.set(name, undefined);
    state.namesChanged = true;
  }
}

/** Whether everything that a resource relies on is in place at this Envoy, or has been waited for long enough. */
function isReady(work: Work, subscription: Subscription, resource: Encoded): boolean {
  const { type } = resource;
  if (!namesClusters(type)) return true;
  // A new slot must be answered at once: its listener, and all others of a starting Envoy, wait for it.
  if (type === "extension" && !has(subscription, resource.name)) return true;
  const slots = work.state.subscriptions.get("extension");
  if (type !== "extension" && slots && slots.pending.size + slots.inFlight.size > 0) return false;
  const missed: string[] = [];
  for (const list of work.state.warming.clusters.size + unsent(work.state) > 0 ? (resource.clusters ?? []) : []) {
    for (const name of list) {
      const until = waitUntil(work.state, name);
      if (until === undefined) continue;
      if (until > work.now) {
        wake(work, until, work.now);
        return false;
      }
      missed.push(name);
    }
  }
  if (missed.length > 0) work.early.push({ type, name: resource.name, clusters: missed });
  return true;
}

/** How many clusters may exist that this Envoy has not been told of. */
function unsent({ subscriptions, view }: OrderState): number {
  return subscriptions.get("cluster")?.pending.size ?? view.size("cluster");
}

/** Until when something that names this cluster has to wait; undefined if the cluster is there, or will never be. */
function waitUntil({ subscriptions, warming, options, openedAt, view, refused }: OrderState, name: string) {
  const warm = warming.clusters.get(name);
  if (warm) return warm.added ? warm.since + options.warmWaitMs : undefined;
  const clusters = subscriptions.get("cluster");
  const cluster = view.get("cluster", name);
  if (!cluster || has(clusters, name) || refused.has("cluster", name, cluster.version)) return undefined;
  return clusters ? Number.POSITIVE_INFINITY : openedAt + options.warmWaitMs;
}

function wake(work: Work, at: number | undefined, now: number): void {
  if (at !== undefined && at > now && at < work.wakeAt) work.wakeAt = at;
}
