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
import type { ResourceChange, ResourceType } from "#compiler";
import { createNaming, forgetNaming, touchNaming } from "./naming.ts";
import type { OrderOptions, OrderState, SentEarly, Work } from "./order-state.ts";
import { plan } from "./plan.ts";
import { halves, type RefusedVersions, type ResourceRefusal } from "./refusal.ts";
import type { SnapshotView } from "./snapshot.ts";
import {
  type FirstRequest,
  namesOf,
  noteAcknowledged,
  noteRefused,
  openSubscription,
  type Response,
  type Subscription,
  subscribe,
  touch,
  touchAll,
  unsubscribe,
} from "./subscription.ts";
import { clustersAcknowledged, createWarming, endpointsAcknowledged, noteClusterRefused } from "./warming.ts";

export { defaultOrderOptions, type OrderOptions, type OrderState, type SentEarly } from "./order-state.ts";

/** What happened. */
export type OrderEvent =
  | { readonly kind: "open"; readonly type: ResourceType; readonly first: FirstRequest }
  | { readonly kind: "subscribe" | "unsubscribe"; readonly type: ResourceType; readonly names: readonly string[] }
  | { readonly kind: "ack"; readonly type: ResourceType; readonly nonce: string }
  | { readonly kind: "nack"; readonly type: ResourceType; readonly nonce: string; readonly message: string }
  | { readonly kind: "changed"; readonly changes: readonly Pick<ResourceChange, "type" | "name">[] }
  /** All that there is at the start is in the snapshot. */
  | { readonly kind: "completed" }
  | { readonly kind: "writable"; readonly value: boolean }
  | { readonly kind: "tick" };

/** What is to be done about it. */
export interface OrderOutput {
  readonly sends: readonly Response[];
  readonly refusals: readonly ResourceRefusal[];
  readonly early: readonly SentEarly[];
  /** When to come back with a `tick`, if nothing happens before. */
  readonly wakeAt?: number;
}

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
    firstSentAt: undefined,
    naming: createNaming(),
    hasScopes: view.size("scope") > 0,
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

/** The newest change of which Envoy has acknowledged (or refused) everything that it asked for and is about to. */
export function acknowledged(state: OrderState): number {
  if (!state.view.isComplete || !state.subscriptions.has("cluster") || willAsk(state)) return 0;
  let oldest = state.view.number + 1;
  for (const { pending, inFlight } of state.subscriptions.values()) {
    for (const since of pending.values()) oldest = Math.min(oldest, since);
    for (const { since } of inFlight.values()) oldest = Math.min(oldest, since);
  }
  return oldest - 1;
}

/** Envoy acknowledges a listener a moment before it asks for what the listener looks for routes in. */
function willAsk({ subscriptions }: OrderState): boolean {
  const listeners = subscriptions.get("listener");
  const tables = subscriptions.get("routes")?.names;
  if (!listeners) return true;
  for (const { resource } of listeners.held.values()) {
    const { looksIn } = resource ?? {};
    if (looksIn?.scopes && !subscriptions.has("scope")) return true;
    if (looksIn?.tables.some((name) => !tables?.has(name))) return true;
  }
  return false;
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
    noteScopes(state);
    return;
  }
  if (event.kind === "completed") {
    for (const subscription of state.subscriptions.values()) touchAll(subscription, state.view.number);
    return;
  }
  if (event.kind === "open") {
    state.subscriptions.set(event.type, openSubscription(event.type, event.first, state.view));
    forgetNaming(state.naming);
    resendIfWarming(state, event.type);
    resendIfForgotten(state, event.type);
    return;
  }
  const subscription = state.subscriptions.get(event.type);
  if (!subscription) return;
  if (event.kind === "subscribe") subscribe(subscription, event.names, state.view.number);
  if (event.kind === "unsubscribe") {
    unsubscribe(subscription, event.names);
    touchNaming(state.naming, event.type, event.names);
  }
  if (event.kind === "ack") noteAck(state, subscription, event.nonce);
  if (event.kind === "nack") noteNack(work, subscription, event.nonce, event.message);
}

/** An Envoy that comes without listeners has forgotten their scopes, though it says that it has them. */
function resendIfForgotten({ subscriptions }: OrderState, type: ResourceType): void {
  const isForgotten = type === "scope" && subscriptions.get("listener")?.cameEmpty;
  const scopes = isForgotten ? subscriptions.get(type) : undefined;
  for (const name of scopes?.held.keys() ?? []) scopes?.forced.add(name);
}

/** Scopes that were left in place while there were none are looked at again when there are some. */
function noteScopes(state: OrderState): void {
  const hasScopes = state.view.size("scope") > 0;
  const scopes = state.subscriptions.get("scope");
  if (hasScopes && !state.hasScopes && scopes) touchAll(scopes, state.view.number);
  if (hasScopes !== state.hasScopes) forgetNaming(state.naming);
  state.hasScopes = hasScopes;
}

function noteChanged(state: OrderState, type: ResourceType, name: string): void {
  const subscription = state.subscriptions.get(type);
  if (subscription) touch(subscription, name, state.view.number);
  if (type === "cluster" && state.view.get(type, name)) state.leaving.delete(name);
}

/**
 * A changed cluster warms until its endpoints are sent again, though Envoy has them and does not ask; so does one that
 * was sent on this stream and then again without endpoints, for Envoy may refuse that. An Envoy that comes back asks
 * for clusters first, unless some of them warm: then CDS is paused, and nobody knows which they are.
 */
function resendIfWarming({ subscriptions, warming }: OrderState, type: ResourceType): void {
  const endpoints = subscriptions.get(type);
  if (type !== "endpoints" || !endpoints) return;
  const clusters = subscriptions.get("cluster");
  const sent = [...(clusters?.inFlight.values() ?? [])].flatMap((response) => response.resources);
  const awaited = new Set([...sent.map((cluster) => cluster.endpoints), ...warming.byEndpoints.keys()]);
  for (const name of endpoints.names) if (!clusters || awaited.has(name)) endpoints.forced.add(name);
}

function noteAck(state: OrderState, subscription: Subscription, nonce: string): void {
  const response = subscription.inFlight.get(nonce);
  if (!response) return;
  noteAcknowledged(subscription, response);
  touchNaming(state.naming, response.type, namesOf(response));
  if (response.type === "cluster") clustersAcknowledged(state.warming, response);
  if (response.type === "endpoints") endpointsAcknowledged(state.warming, response);
}

function noteNack(work: Work, subscription: Subscription, nonce: string, message: string): void {
  const response = subscription.inFlight.get(nonce);
  if (!response) return;
  noteRefused(subscription, response);
  const { state } = work;
  const names = namesOf(response);
  touchNaming(state.naming, response.type, names);
  if (names.length > 1) {
    subscription.parts.unshift(...halves(names));
    for (const name of names) {
      if (subscription.sent.has(name)) continue;
      // It may have been sent although Envoy had the version.
      subscription.forced.add(name);
      touch(subscription, name, response.since);
    }
    return;
  }
  for (const { type, name, version } of response.resources) {
    state.refused.add(type, name, version);
    if (type === "cluster") noteClusterRefused(state.warming, name);
    // Envoy goes on with the slot as it was, but gives the refused one to new listeners until it is sent another. Of a
    // scope that it refuses it may have forgotten the version before, with its last listener.
    if (type === "extension" || type === "scope") subscription.forced.add(name);
    if (state.view.get(type, name)?.version !== version) touch(subscription, name, response.since);
  }
  const [name = ""] = names;
  const version = response.resources[0]?.version ?? "";
  const replaces = (subscription.held.get(name)?.version ?? "") !== "";
  work.refusals.push({ type: response.type, name, version, message, replaces });
}
