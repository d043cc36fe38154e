/**
 * SERVE: what is served and to whom. What the Envoys of several streams take and refuse is judged together.
 * An Envoy that starts with this instance is given clusters while routes are still being compiled; everybody is answered
 * from the first complete configuration on.
 */
import type { Log } from "#base/log.ts";
import type { ResourceChange, ResourceType } from "#compiler";
import { type Convergence, createConvergence } from "./convergence.ts";
import { type FlagLayer, flagLayer } from "./flags.ts";
import { type Follower, isLate, judges, noteProgress } from "./followers.ts";
import { defaultOrderOptions, type OrderOptions, type SentEarly } from "./order.ts";
import { createRefusals, type Refusals, type Refused } from "./refusal.ts";
import { checkNode, type RemoteDoor, type RemotePeer } from "./remote.ts";
import type { DeltaCall } from "./service.ts";
import { createSnapshot, type Snapshot } from "./snapshot.ts";
import { type StreamSurroundings, serveStream } from "./stream.ts";

/** How to serve, and whom to tell. */
export interface XdsServerOptions {
  /** In a directory that only its owner may enter. */
  readonly socketPath: string;
  /** Where Envoys elsewhere connect; nowhere when absent. */
  readonly remote?: (RemoteDoor & { readonly log: Log }) | undefined;
  /** Whether there is an Envoy of this instance: then it alone is waited for, and judges. True when absent. */
  readonly hasOwnEnvoy?: boolean;
  readonly order?: Partial<OrderOptions>;
  onRefusal?(refused: Refused): void;
  /** An Envoy elsewhere refused what others take. */
  onOddRefusal?(refused: Refused): void;
  /** A route table or listener went out before clusters that it names were warm. */
  onEarly?(early: SentEarly): void;
  /** This instance's Envoy has connected, a new one or one that was here before. */
  onConnected?(): void;
  /** Every Envoy that is waited for has acknowledged everything up to a change. */
  onConverged?(number: number): void;
  /** A stream broke for a reason other than Envoy's leaving. */
  onStreamError?(error: Error, peer: RemotePeer | undefined): void;
}

/** What has been served so far. */
export interface XdsStatistics {
  readonly streams: number;
  /** Those of Envoys elsewhere. */
  readonly remote: number;
  /** Envoys that have got no further for ten seconds although there is more. */
  readonly late: number;
  readonly responses: Readonly<Record<ResourceType, number>>;
  readonly bytes: number;
  readonly refusals: number;
  readonly early: number;
}

/** What is served, and to whom. */
export interface Serving {
  readonly options: XdsServerOptions;
  readonly hasOwnEnvoy: boolean;
  readonly order: OrderOptions;
  readonly snapshot: Snapshot;
  readonly followers: Set<Follower>;
  readonly refusals: Refusals;
  readonly convergence: Convergence;
  readonly responses: Record<ResourceType, number>;
  readonly counters: { bytes: number; refusals: number; early: number };
  /** Resolves when the snapshot is complete for the first time. */
  readonly opened: PromiseWithResolvers<void>;
  flags: FlagLayer;
}

/** Nothing is served yet, and nobody is there. */
export function createServing(options: XdsServerOptions): Serving {
  const { hasOwnEnvoy = true, onConverged } = options;
  const snapshot = createSnapshot(false);
  const followers = new Set<Follower>();
  return {
    options,
    hasOwnEnvoy,
    order: { ...defaultOrderOptions, ...options.order },
    snapshot,
    followers,
    refusals: createRefusals(),
    convergence: createConvergence({ followers, snapshot, hasOwnEnvoy, onConverged }),
    responses: { cluster: 0, endpoints: 0, extension: 0, secret: 0, listener: 0, routes: 0, scope: 0 },
    counters: { bytes: 0, refusals: 0, early: 0 },
    opened: Promise.withResolvers(),
    flags: flagLayer({}),
  };
}

/** Serves a stream. Who is not told of the Module's flags over its admin interface must have them from the beginning. */
export async function accept(serving: Serving, call: DeltaCall, peer?: RemotePeer): Promise<void> {
  if (peer) await serving.opened.promise;
  if (call.cancelled) return;
  const now = performance.now();
  const stream = serveStream(
    call,
    surroundingsOf(serving, peer, () => follower),
  );
  const follower: Follower = { stream, peer, connectedAt: now, behindSince: now, bytes: 0, refusals: 0 };
  serving.followers.add(follower);
  if (!peer) whenOpen(serving, () => serving.options.onConnected?.());
}

/** Nobody hears of anything before that: what is to be done about it relies on all that is compiled. */
function whenOpen({ snapshot, opened }: Serving, then: () => void): void {
  if (snapshot.isComplete) then();
  else void opened.promise.then(then);
}

/** The snapshot is complete for the first time. */
export function open({ snapshot, followers, opened }: Serving): void {
  snapshot.complete();
  opened.resolve();
  for (const { stream } of followers) stream.completed();
}

/** What a stream needs, and what follows from what it tells. */
function surroundingsOf(serving: Serving, peer: RemotePeer | undefined, follower: () => Follower): StreamSurroundings {
  const { options, snapshot, counters, convergence } = serving;
  return {
    view: snapshot,
    options: serving.order,
    ...(peer && { checkNode: (node) => checkNode(peer, node, options.remote?.envoyVersion) }),
    refusedBy: serving.refusals.of,
    flags: () => serving.flags,
    onSend(response, bytes) {
      serving.responses[response.type]++;
      counters.bytes += bytes;
      follower().bytes += bytes;
    },
    onRefusal: (refused) => whenOpen(serving, () => judge(serving, follower(), refused)),
    onEarly(early) {
      counters.early++;
      options.onEarly?.(early);
    },
    onAcknowledged() {
      noteProgress(follower(), snapshot.number, performance.now(), true);
      convergence.check();
    },
    onClose(error) {
      serving.followers.delete(follower());
      if (error) options.onStreamError?.(error, peer);
      convergence.check();
    },
  };
}

function judge({ options, counters, followers, hasOwnEnvoy }: Serving, follower: Follower, refused: Refused): void {
  counters.refusals++;
  follower.refusals++;
  if (judges(follower, refused, followers, hasOwnEnvoy)) options.onRefusal?.(refused);
  else options.onOddRefusal?.(refused);
}

/** Takes changes over, sends them, and returns the number to wait for. */
export function update(
  { snapshot, followers, hasOwnEnvoy, convergence }: Serving,
  changes: readonly ResourceChange[],
): number {
  const number = snapshot.apply(changes);
  const now = performance.now();
  for (const follower of followers) {
    noteProgress(follower, number, now, false);
    follower.stream.changed(changes);
  }
  if (!hasOwnEnvoy) convergence.check();
  return number;
}

/** What has been served so far. */
export function statistics({ followers, responses, counters }: Serving): XdsStatistics {
  return {
    streams: followers.size,
    remote: [...followers].filter(({ peer }) => peer).length,
    late: [...followers].filter((one) => isLate(one, performance.now())).length,
    responses: { ...responses },
    ...counters,
  };
}
