/**
 * SERVE: delta ADS over gRPC on a unix socket, for every Envoy of this machine.
 * Streams are accepted at once and answered from the first complete configuration on, so that an Envoy that is warm
 * is never told that its configuration is gone.
 */
import { chmod, rm } from "node:fs/promises";
import { fromBinary } from "@bufbuild/protobuf";
import * as grpc from "@grpc/grpc-js";
import type { ResourceChange, ResourceType } from "#compiler";
import {
  type DeltaDiscoveryRequest,
  DeltaDiscoveryRequestSchema,
} from "#gen/envoy/service/discovery/v3/discovery_pb.js";
import { defaultOrderOptions, type OrderOptions, type SentEarly } from "./order.ts";
import { createRefusals, type Refused } from "./refusal.ts";
import { createSnapshot, type SnapshotView } from "./snapshot.ts";
import { refusal, serveStream, type XdsStream } from "./stream.ts";

/** How to serve, and whom to tell. */
export interface XdsServerOptions {
  /** In a directory that only its owner may enter. */
  readonly socketPath: string;
  readonly order?: Partial<OrderOptions>;
  onRefusal?(refused: Refused): void;
  /** A route table or listener went out before clusters that it names were warm. */
  onEarly?(early: SentEarly): void;
  /** An Envoy has connected, a new one or one that was here before. */
  onConnected?(): void;
  /** Every connected Envoy has acknowledged everything up to a change. */
  onConverged?(number: number): void;
  /** A stream broke for a reason other than Envoy's leaving. */
  onStreamError?(error: Error): void;
}

/** What has been served so far. */
export interface XdsStatistics {
  readonly streams: number;
  readonly responses: Readonly<Record<ResourceType, number>>;
  readonly bytes: number;
  readonly refusals: number;
  readonly early: number;
}

/** A running server. */
export interface XdsServer {
  readonly snapshot: SnapshotView;
  /** Takes changes over, sends them, and returns the number to wait for. */
  update(changes: readonly ResourceChange[]): number;
  /** Sends a refused version once more: what was wrong was not its content. */
  retry(type: ResourceType, name: string, version: string): void;
  /** Begins to answer: the snapshot is complete for the first time. */
  open(): void;
  /** The newest change that every connected Envoy has acknowledged; 0 without any Envoy. */
  acknowledged(): number;
  /** Resolves when every connected Envoy, at least one, has acknowledged (or refused) everything up to a change. */
  whenAcknowledged(number: number): Promise<void>;
  statistics(): XdsStatistics;
  close(): Promise<void>;
}

const service = "envoy.service.discovery.v3.AggregatedDiscoveryService";
// A warm Envoy names every resource it has when it reconnects.
const maxRequestBytes = 64 * 1024 * 1024;

/** Listens on the socket; an old socket file is replaced. */
export async function serveXds(options: XdsServerOptions): Promise<XdsServer> {
  const snapshot = createSnapshot();
  const streams = new Set<XdsStream>();
  const waiting = new Set<{ readonly number: number; resolve(): void }>();
  const refusals = createRefusals();
  const order = { ...defaultOrderOptions, ...options.order };
  const counters = { bytes: 0, refusals: 0, early: 0 };
  const responses = { cluster: 0, endpoints: 0, extension: 0, secret: 0, listener: 0, routes: 0 };
  const opened = Promise.withResolvers<void>();
  let converged = 0;

  function acknowledged(): number {
    let least = streams.size === 0 ? 0 : Number.POSITIVE_INFINITY;
    for (const stream of streams) least = Math.min(least, stream.acknowledged);
    return least;
  }

  function checkConverged(): void {
    const now = acknowledged();
    for (const one of waiting) {
      if (one.number > now) continue;
      waiting.delete(one);
      one.resolve();
    }
    if (now <= converged) return;
    converged = now;
    options.onConverged?.(now);
  }

  async function accept(call: grpc.ServerDuplexStream<DeltaDiscoveryRequest, Buffer>): Promise<void> {
    await opened.promise;
    const stream = serveStream(call, {
      view: snapshot,
      options: order,
      refusedBy: refusals.of,
      onSend(response, bytes) {
        responses[response.type]++;
        counters.bytes += bytes;
      },
      onRefusal(refused) {
        counters.refusals++;
        options.onRefusal?.(refused);
      },
      onEarly(early) {
        counters.early++;
        options.onEarly?.(early);
      },
      onAcknowledged: checkConverged,
      onClose(error) {
        streams.delete(stream);
        if (error) options.onStreamError?.(error);
        checkConverged();
      },
    });
    streams.add(stream);
    options.onConnected?.();
  }

  const server = new grpc.Server({
    "grpc.max_receive_message_length": maxRequestBytes,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 30_000,
    "grpc.max_concurrent_streams": 100,
  });
  server.addService(definition, {
    delta: (call: grpc.ServerDuplexStream<DeltaDiscoveryRequest, Buffer>) => void accept(call),
    stateOfTheWorld: refuseStateOfTheWorld,
  });
  await bind(server, options.socketPath);
  return {
    snapshot,
    update(changes) {
      const number = snapshot.apply(changes);
      for (const stream of streams) stream.changed(changes);
      return number;
    },
    retry(type, name, version) {
      refusals.forgive(type, name, version);
      for (const stream of streams) stream.changed([{ type, name }]);
    },
    open: opened.resolve,
    acknowledged,
    whenAcknowledged: (number) =>
      acknowledged() >= number ? Promise.resolve() : new Promise((resolve) => waiting.add({ number, resolve })),
    statistics: () => ({ streams: streams.size, responses: { ...responses }, ...counters }),
    async close() {
      server.forceShutdown();
      await rm(options.socketPath, { force: true });
    },
  };
}

function refuseStateOfTheWorld(call: grpc.ServerDuplexStream<DeltaDiscoveryRequest, Buffer>): void {
  const advice = "state-of-the-world xDS is not served: set api_type: DELTA_GRPC in ads_config";
  call.on("error", () => call.end());
  call.emit("error", refusal(grpc.status.UNIMPLEMENTED, advice));
}

const definition: grpc.ServiceDefinition = {
  delta: methodOf("DeltaAggregatedResources"),
  stateOfTheWorld: methodOf("StreamAggregatedResources"),
};

function methodOf(name: string): grpc.MethodDefinition<unknown, unknown> {
  const passThrough = (bytes: unknown): Buffer => bytes as Buffer;
  return {
    path: `/${service}/${name}`,
    requestStream: true,
    responseStream: true,
    requestSerialize: passThrough,
    requestDeserialize: name.startsWith("Delta")
      ? (bytes) => fromBinary(DeltaDiscoveryRequestSchema, bytes)
      : passThrough,
    responseSerialize: passThrough,
    responseDeserialize: passThrough,
  };
}

async function bind(server: grpc.Server, socketPath: string): Promise<void> {
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync(`unix:${socketPath}`, credentials, (error) => (error ? reject(error) : resolve()));
  });
  await chmod(socketPath, 0o600);
}
