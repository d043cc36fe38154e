/**
 * SERVE: the Envoys that are connected, and which of them are waited for. An instance that has an Envoy of its own
 * waits for that one alone; one that has none waits for those elsewhere, as long as they keep up.
 */
import type { ResourceType } from "#compiler";
import type { RemotePeer } from "./remote.ts";
import type { XdsStream } from "./stream.ts";

/** One connected Envoy. */
export interface Follower {
  readonly stream: XdsStream;
  /** Absent for the instance's own. */
  readonly peer: RemotePeer | undefined;
  readonly connectedAt: number;
  /** Since when it has got no further although there is more; undefined while it has everything. */
  behindSince: number | undefined;
  bytes: number;
  refusals: number;
}

/** A connected Envoy, for people. */
export interface ConnectedEnvoy {
  readonly node: string;
  readonly version: string;
  /** Where it connects from; absent for the instance's own. */
  readonly address?: string;
  readonly connected_seconds: number;
  /** The newest change of which it has everything. */
  readonly acknowledged: number;
  /** How long it has got no further although there is more; 0 while it has everything. */
  readonly behind_seconds: number;
  /** Resources that it refused since it connected. */
  readonly refused: number;
  readonly bytes: number;
}

/** Who gets no further for so long is not waited for. */
const lateMs = 10_000;

/** Whether an Envoy has got no further for too long. */
export function isLate({ behindSince }: Follower, now: number): boolean {
  return behindSince !== undefined && now - behindSince > lateMs;
}

/** Those that are waited for. */
export function awaited(followers: ReadonlySet<Follower>, hasOwnEnvoy: boolean, now: number): readonly Follower[] {
  return [...followers].filter((one) => (hasOwnEnvoy ? one.peer === undefined : !isLate(one, now)));
}

/**
 * Whether what one Envoy refuses is wrong for all. Of those elsewhere it is not where the instance's own judges, and not
 * what another Envoy has taken.
 */
export function judges(
  { peer, stream }: Follower,
  { type, name, version }: { readonly type: ResourceType; readonly name: string; readonly version: string },
  followers: ReadonlySet<Follower>,
  hasOwnEnvoy: boolean,
): boolean {
  if (peer === undefined) return true;
  if (hasOwnEnvoy) return false;
  return ![...followers].some((other) => other.stream !== stream && other.stream.holds(type, name, version));
}

/** Notes that there is something new, or that an Envoy has got further. */
export function noteProgress(follower: Follower, newest: number, now: number, gotFurther: boolean): void {
  if (follower.stream.acknowledged >= newest) follower.behindSince = undefined;
  else if (gotFurther || follower.behindSince === undefined) follower.behindSince = now;
}

/** An Envoy as people see it. */
export function describe(follower: Follower, now: number): ConnectedEnvoy {
  const { stream, peer, connectedAt, behindSince = now, refusals: refused, bytes } = follower;
  const { nodeId: node = "", envoyVersion: version = "unknown" } = stream.node ?? {};
  return {
    node,
    version,
    ...(peer && { address: peer.address }),
    connected_seconds: Math.round((now - connectedAt) / 1000),
    acknowledged: stream.acknowledged,
    behind_seconds: Math.round((now - behindSince) / 1000),
    refused,
    bytes,
  };
}
