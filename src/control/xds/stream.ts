/**
 * SERVE: the input and output of one delta stream. Requests become events of the order's state machine, its responses
 * are written, its wake-ups are timed. No decision is made here.
 */
import { status } from "@grpc/grpc-js";
import { type ResourceChange, type ResourceType, typeUrls } from "#compiler";
import type { DeltaDiscoveryRequest } from "#gen/envoy/service/discovery/v3/discovery_pb.js";
import { type FlagLayer, type FlagsStream, flagsTypeUrl, serveFlags } from "./flags.ts";
import { encodeResponse } from "./frame.ts";
import {
  acknowledged,
  type OrderEvent,
  type OrderOptions,
  type OrderState,
  openOrder,
  type SentEarly,
  step,
} from "./order.ts";
import type { NodeIdentity, RefusedVersions, ResourceRefusal } from "./refusal.ts";
import type { SnapshotView } from "./snapshot.ts";
import type { Response } from "./subscription.ts";

/** The part of a gRPC stream that is used. */
export interface DuplexCall {
  on(event: "data", listener: (request: DeltaDiscoveryRequest) => void): unknown;
  on(event: "end" | "drain" | "cancelled" | "close", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  write(bytes: Buffer): boolean;
  end(): void;
  emit(event: "error", error: Error): unknown;
}

/** What a stream needs of the server, and tells it. */
export interface StreamSurroundings {
  readonly view: SnapshotView;
  readonly options: OrderOptions;
  /** Throws when the stream is not for this node. */
  checkNode?(node: NodeIdentity): void;
  refusedBy(node: NodeIdentity): RefusedVersions;
  flags(): FlagLayer;
  onSend(response: Response, bytes: number): void;
  onRefusal(refusal: ResourceRefusal & NodeIdentity): void;
  onEarly(early: SentEarly): void;
  /** Envoy has acknowledged more than before. */
  onAcknowledged(): void;
  onClose(error?: Error): void;
}

/** A stream as the server sees it. */
export interface XdsStream {
  /** Undefined until it has said so. */
  readonly node: NodeIdentity | undefined;
  /** The newest change of which this Envoy has acknowledged everything. */
  readonly acknowledged: number;
  /** Whether this Envoy has acknowledged this version of a resource. */
  holds(type: ResourceType, name: string, version: string): boolean;
  changed(changes: readonly ResourceChange[]): void;
  /** All that there is at the start is in the snapshot. */
  completed(): void;
  /** The Module's flags may have changed. */
  flagsChanged(): void;
}

/** What is known of a stream. */
interface StreamState {
  readonly call: DuplexCall;
  readonly surroundings: StreamSurroundings;
  readonly flags: FlagsStream;
  /** Both come with the first request. */
  node: NodeIdentity | undefined;
  order: OrderState | undefined;
  /** The next wake-up. */
  timer: NodeJS.Timeout | undefined;
  /** The newest change of which everything is acknowledged. */
  done: number;
  closed: boolean;
}

/** Serves one stream until it ends. */
export function serveStream(call: DuplexCall, surroundings: StreamSurroundings): XdsStream {
  const flags = serveFlags(surroundings.flags, (bytes) => void call.write(bytes));
  const state: StreamState = {
    ...{ call, surroundings, flags },
    node: undefined,
    order: undefined,
    timer: undefined,
    done: 0,
    closed: false,
  };
  call.on("data", (request) => guard(call, () => take(state, request)));
  call.on("drain", () => guard(call, () => happened(state, [{ kind: "writable", value: true }])));
  call.on("end", () => close(state));
  call.on("cancelled", () => close(state));
  call.on("close", () => close(state));
  call.on("error", (error) => close(state, error));
  return {
    get node() {
      return state.node;
    },
    get acknowledged() {
      return state.done;
    },
    holds: (type, name, version) => state.order?.subscriptions.get(type)?.held.get(name)?.version === version,
    flagsChanged: () => guard(call, flags.tell),
    completed: () => guard(call, () => happened(state, [{ kind: "completed" }])),
    changed: (changes) => guard(call, () => happened(state, [{ kind: "changed", changes }])),
  };
}

/** A bug must cost this stream, which Envoy opens again, and not the process. */
function guard(call: DuplexCall, action: () => void): void {
  try {
    action();
  } catch (error) {
    call.emit("error", error instanceof Error ? error : new Error(String(error)));
  }
}

function close(state: StreamState, error?: Error): void {
  if (state.closed) return;
  state.closed = true;
  clearTimeout(state.timer);
  // gRPC ends a stream by itself when there is an error, with its status.
  if (!error) state.call.end();
  state.surroundings.onClose(error);
}

/** Takes a request in. */
function take(state: StreamState, request: DeltaDiscoveryRequest): void {
  const order = orderOf(state, request);
  const other = request.node?.id ?? "";
  const own = state.node?.nodeId;
  if (other !== "" && other !== own)
    throw refusal(status.PERMISSION_DENIED, `the stream is for the node "${own}", and not for "${other}"`);
  if (request.typeUrl === flagsTypeUrl) {
    state.flags.take(request);
    return;
  }
  const type = typesByUrl.get(request.typeUrl);
  if (type === undefined)
    throw refusal(status.INVALID_ARGUMENT, `resources of type "${request.typeUrl}" are not served`);
  happened(state, eventsOf(type, request, order));
}

/** The first request says whose stream it is. */
function orderOf(state: StreamState, request: DeltaDiscoveryRequest): OrderState {
  const { surroundings } = state;
  if (!state.order) {
    state.node = identify(request);
    surroundings.checkNode?.(state.node);
    const refused = surroundings.refusedBy(state.node);
    state.order = openOrder(surroundings.view, refused, surroundings.options, performance.now());
  }
  return state.order;
}

/** Lets the order know, and does what follows. */
function happened(state: StreamState, events: readonly OrderEvent[]): void {
  const { surroundings, order, node } = state;
  if (state.closed || !order || !node) return;
  clearTimeout(state.timer);
  const output = step(order, events, performance.now());
  for (const response of output.sends) write(state, order, response);
  for (const refused of output.refusals) surroundings.onRefusal({ ...refused, ...node });
  for (const early of output.early) surroundings.onEarly(early);
  if (output.wakeAt !== undefined) wakeAt(state, output.wakeAt);
  const before = state.done;
  state.done = Math.max(before, acknowledged(order));
  if (state.done > before) surroundings.onAcknowledged();
}

function write({ call, surroundings }: StreamState, order: OrderState, response: Response): void {
  const bytes = encodeResponse(response);
  surroundings.onSend(response, bytes.length);
  if (!call.write(bytes)) order.writable = false;
}

function wakeAt(state: StreamState, at: number): void {
  const tick = (): void => guard(state.call, () => happened(state, [{ kind: "tick" }]));
  state.timer = setTimeout(tick, Math.max(1, Math.ceil(at - performance.now())));
}

const typesByUrl = new Map(Object.entries(typeUrls).map(([type, url]) => [url as string, type as ResourceType]));

/** An error that gRPC passes on to the client. */
export function refusal(code: status, details: string): Error {
  return Object.assign(new Error(details), { code, details });
}

function identify({ node }: DeltaDiscoveryRequest): NodeIdentity {
  const agent = node?.userAgentVersionType;
  const version = agent?.case === "userAgentBuildVersion" ? agent.value.version : undefined;
  const envoyVersion = version
    ? `${version.majorNumber}.${version.minorNumber}.${version.patch}`
    : agent?.case === "userAgentVersion"
      ? agent.value
      : "unknown";
  return { nodeId: node?.id ?? "", envoyVersion };
}

const everything = "*";

function eventsOf(type: ResourceType, request: DeltaDiscoveryRequest, state: OrderState): OrderEvent[] {
  const asked = request.resourceNamesSubscribe;
  const names = asked.filter((name) => name !== everything);
  if (!state.subscriptions.has(type)) {
    // The others, secrets above all, go only to who has been told their names by those.
    const mayHaveAll = type === "cluster" || type === "listener" || type === "scope";
    const wildcard = mayHaveAll && (asked.length === 0 || asked.includes(everything));
    return [{ kind: "open", type, first: { wildcard, names, versions: request.initialResourceVersions } }];
  }
  const events: OrderEvent[] = [];
  const nonce = request.responseNonce;
  if (request.errorDetail) events.push({ kind: "nack", type, nonce, message: request.errorDetail.message });
  else if (nonce !== "") events.push({ kind: "ack", type, nonce });
  const dropped = request.resourceNamesUnsubscribe.filter((name) => name !== everything);
  if (dropped.length > 0) events.push({ kind: "unsubscribe", type, names: dropped });
  if (names.length > 0) events.push({ kind: "subscribe", type, names });
  return events;
}
