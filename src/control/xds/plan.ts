/**
 * SERVE: everything that may be sent on a stream now, in the order in which Envoy has to get it.
 */
import type { Encoded, ResourceType } from "#compiler";
import { nextRemovalAt, removableClusters, updateGraces } from "./leaving.ts";
import { forgetNaming, refreshNaming, touchNaming } from "./naming.ts";
import { type OrderOptions, type OrderState, type Work, wake } from "./order-state.ts";
import { isReady, mayLeave } from "./ready.ts";
import { renewed } from "./renewed.ts";
import {
  has,
  hasAny,
  judge,
  lastTold,
  namesOf,
  noteSent,
  type Response,
  type Subscription,
  touch,
  wants,
} from "./subscription.ts";
import { acknowledgesLate, startWarming, stillWarms, stopWarming } from "./warming.ts";

/** What an Envoy that has nothing may have before everything is compiled: nobody meets it before there is a listener. */
const sentFirst: readonly ResourceType[] = ["cluster", "endpoints"];
const sentThen: readonly ResourceType[] = ["secret", "extension", "listener", "routes", "scope"];
/**
 * Envoy can withhold CDS acknowledgements for long. The pause before the next response, from which on more goes into
 * it, is twice as long with so many more outstanding: a thousand take a minute, and each further thousand centuries.
 */
const doublingAfter = 64;

/** Fills a round with all that may be sent. */
export function plan(work: Work): void {
  const { view, subscriptions, leaving } = work.state;
  if (!view.isComplete && !subscriptions.get("cluster")?.cameEmpty) return;
  for (const type of sentFirst) sendAll(work, type);
  if (!view.isComplete) return;
  noteFirstSent(work);
  for (const type of sentThen) sendAll(work, type);
  planRemovals(work);
  wake(work, nextRemovalAt(leaving));
}

function sendAll(work: Work, type: ResourceType): void {
  const subscription = work.state.subscriptions.get(type);
  while (subscription) {
    const response = nextResponse(work, subscription);
    if (!response) break;
    send(work, subscription, response);
  }
}

/** How long Envoy takes for thousands of clusters says nothing about one that does not get warm. */
function noteFirstSent({ state, now }: Work): void {
  const isThrough = sentFirst.every((type) => (state.subscriptions.get(type)?.pending.size ?? 0) === 0);
  if (isThrough) state.firstSentAt ??= now;
}

function planRemovals(work: Work): void {
  const { state, now } = work;
  const { leaving, naming } = state;
  if (leaving.size === 0) {
    forgetNaming(naming);
    return;
  }
  const changed = refreshNaming(naming, leaving, namingSubscriptions(state));
  updateGraces(leaving, changed, naming, now, state.options);
  const clusters = state.subscriptions.get("cluster");
  const removed = removableClusters(leaving, now);
  if (!clusters || removed.length === 0 || !mayFollow(work, clusters)) return;
  for (const name of removed) {
    leaving.delete(name);
    stopWarming(state.warming, name);
  }
  send(work, clusters, draft(work, clusters, { resources: [], removed }));
}

/** Scopes that are left to connections which drain hold no cluster back. */
function namingSubscriptions({ subscriptions, view }: OrderState): ReadonlyMap<ResourceType, Subscription> {
  if (view.size("scope") > 0) return subscriptions;
  return new Map([...subscriptions].filter(([type]) => type !== "scope"));
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
  if (response.type === "listener" && response.resources.length > 0) resendScopes(work.state, subscription);
  noteSent(subscription, response);
  work.sends.push(response);
  touchNaming(work.state.naming, response.type, namesOf(response));
}

/**
 * An Envoy whose listeners are all gone forgets their scopes without a word, and asks for nothing when there is a
 * listener again, because it has asked for everything before: it is told all of them once more.
 */
function resendScopes({ subscriptions, view }: OrderState, listeners: Subscription): void {
  const scopes = subscriptions.get("scope");
  if (!scopes || hasAny(listeners)) return;
  for (const name of [...view.names("scope"), ...scopes.held.keys(), ...scopes.sent.keys()]) {
    scopes.forced.add(name);
    touch(scopes, name, view.number);
  }
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
  const { pending, parts } = subscription;
  if (pending.size === 0 && parts.length === 0 && !subscription.unanswered) return undefined;
  if (!mayFollow(work, subscription)) return undefined;
  while (parts.length > 0) {
    const content = gather(work, subscription, parts.shift() ?? [], Number.POSITIVE_INFINITY);
    if (content) return draft(work, subscription, content);
  }
  const content = gather(work, subscription, pending.keys(), limitOf(subscription, work.state.options));
  if (content) return draft(work, subscription, content);
  return subscription.unanswered && pending.size === 0 && work.state.view.isComplete
    ? draft(work, subscription, { resources: [], removed: [] })
    : undefined;
}

/**
 * How many resources a response may have. Where Envoy's refusal would not say which, or takes its neighbours along,
 * one; scopes are too many for that, so a refused response of them is halved, and narrow edits need not wait for long.
 * The first response of scopes has all of them: listeners open with it, and a host that came later would be 404.
 */
function limitOf({ type, held, sent }: Subscription, { batchSize, scopeBatchSize }: OrderOptions): number {
  if (type === "routes" || type === "secret" || type === "extension") return 1;
  if (type !== "scope") return batchSize;
  return held.size + sent.size === 0 ? Number.POSITIVE_INFINITY : scopeBatchSize;
}

/**
 * Whether the next response of a type may be sent. Envoy withholds CDS acknowledgements while any cluster warms, so
 * an unacknowledged CDS response holds back the next one only as long as its own clusters may need, and not long.
 */
function mayFollow(work: Work, { type, inFlight }: Subscription): boolean {
  if (type !== "cluster") return inFlight.size === 0;
  let until = 0;
  let last = 0;
  for (const response of inFlight.values()) {
    until = Math.max(until, heldUntil(work.state, response));
    last = response.sentAt;
  }
  if (inFlight.size >= doublingAfter) until = Math.max(until, last + 2 ** Math.floor(inFlight.size / doublingAfter));
  if (until <= work.now) return true;
  wake(work, until);
  return false;
}

function heldUntil({ options, warming, view }: OrderState, response: Response): number {
  const { resources, removed, sentAt } = response;
  // Nothing changes twice at first, and endpoints may come late.
  if (!view.isComplete) return 0;
  if (removed.length === 0 && !stillWarms(warming, response)) return 0;
  if (resources.some((resource) => !resource.immediate)) return sentAt + options.clusterHoldMs;
  return acknowledgesLate(warming) ? 0 : sentAt + options.immediateWaitMs;
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
      (verdict.resource.slow ? slow : resources).push(asNew(work.state, subscription, verdict.resource));
    } else if (verdict.kind === "remove" && !(subscription.type === "cluster" && has(subscription, name))) {
      if (mayLeave(work.state, subscription, name)) removed.push(name);
    } else {
      subscription.pending.delete(name);
      // What Envoy came with may turn out to be known.
      touchNaming(work.state.naming, subscription.type, [name]);
      if (subscription.type === "cluster" && !view.get("cluster", name)) leave(work.state, subscription, name);
    }
  }
  if (resources.length + removed.length > 0) return { resources, removed };
  return slow.length > 0 ? { resources: slow, removed } : undefined;
}

/** An Envoy that came with listeners may have seen scopes of refused responses on an earlier stream, and say nothing. */
function asNew({ subscriptions, openedAt }: OrderState, { type, tried }: Subscription, resource: Encoded): Encoded {
  const times = tried.get(resource.name) ?? 0;
  const mayBeKnown = type === "scope" && (times > 0 || !subscriptions.get("listener")?.cameEmpty);
  return mayBeKnown ? renewed(resource, `${openedAt} ${times}`) : resource;
}

/** A cluster is gone from the snapshot: it is removed once nothing names it, or forgotten if Envoy never took it. */
function leave(state: OrderState, clusters: Subscription, name: string): void {
  if (!has(clusters, name)) {
    stopWarming(state.warming, name);
  } else if (!state.leaving.has(name)) {
    // What an Envoy brought along from another process may have been named by chains that it drains now.
    state.leaving.set(name, { byChains: lastTold(clusters, name)?.resource === undefined });
    forgetNaming(state.naming);
  }
}
