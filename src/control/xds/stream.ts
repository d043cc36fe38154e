/**
 * SERVE: the input and output of one delta stream. Requests become events of the order's state machine, its responses
 * are written, its wake-ups are timed. No decision is made here.
 */
import { status } from "@grpc/grpc-js";
import { type ResourceChange, type ResourceType, typeUrls } from "#compiler";
import type { DeltaDiscoveryRequest } from "#gen/envoy/service/discovery/v3/discovery_pb.js";
import { type FlagLayer, flagsTypeUrl, serveFlags } from "./flags.ts";
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
  /** The Module's flags may have changed. */
  flagsChanged(): void;
}

/** Serves one stream until it ends. */
export function serveStream(call: DuplexCall, surroundings: StreamSurroundings): XdsStream {
  let node: NodeIdentity | undefined;
  let state: OrderState | undefined;
  let timer: NodeJS.Timeout | undefined;
  let done = 0;
  let closed = false;
  const flags = serveFlags(surroundings.flags, (bytes) => void call.write(bytes));

  function close(error?: Error): void {
    if (closed) return;
    closed = true;
    clearTimeout(timer);
    // gRPC ends a stream by itself when there is an error, with its status.
    if (!error) call.end();
    surroundings.onClose(error);
  }

  function happened(events: readonly OrderEvent[]): void {
    if (closed || !state || !node) return;
    clearTimeout(timer);
    const output = step(state, events, performance.now());
    for (const response of output.sends) write(response);
    for (const refusal of output.refusals) surroundings.onRefusal({ ...refusal, ...node });
    for (const early of output.early) surroundings.onEarly(early);
    if (output.wakeAt !== undefined)
      timer = setTimeout(tick, Math.max(1, Math.ceil(output.wakeAt - performance.now())));
    const before = done;
    done = Math.max(done, acknowledged(state));
    if (done > before) surroundings.onAcknowledged();
  }

  function tick(): void {
    guard(() => happened([{ kind: "tick" }]));
  }

  function write(response: Response): void {
    const bytes = encodeResponse(response);
    surroundings.onSend(response, bytes.length);
    if (state && !call.write(bytes)) state.writable = false;
  }

  function take(request: DeltaDiscoveryRequest): void {
    if (!state) {
      node = identify(request);
      surroundings.checkNode?.(node);
      state = openOrder(surroundings.view, surroundings.refusedBy(node), surroundings.options, performance.now());
    }
    const other = request.node?.id ?? "";
    if (other !== "" && other !== node?.nodeId)
      throw refusal(status.PERMISSION_DENIED, `the stream is for the node "${node?.nodeId}", and not for "${other}"`);
    if (request.typeUrl === flagsTypeUrl) {
      flags.take(request);
      return;
    }
    const type = typesByUrl.get(request.typeUrl);
    if (type === undefined)
      throw refusal(status.INVALID_ARGUMENT, `resources of type "${request.typeUrl}" are not served`);
    happened(eventsOf(type, request, state));
  }

  /** A bug must cost this stream, which Envoy opens again, and not the process. */
  function guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      call.emit("error", error instanceof Error ? error : new Error(String(error)));
    }
  }

  call.on("data", (request) => guard(() => take(request)));
  call.on("drain", () => guard(() => happened([{ kind: "writable", value: true }])));
  call.on("end", () => close());
  call.on("cancelled", () => close());
  call.on("close", () => close());
  call.on("error", (error) => close(error));
  return {
    get node() {
      return node;
    },
    get acknowledged() {
      return done;
    },
    holds: (type, name, version) => state?.subscriptions.get(type)?.held.get(name)?.version === version,
    flagsChanged: () => guard(flags.tell),
    changed: (changes) => guard(() => happened([{ kind: "changed", changes }])),
  };
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
