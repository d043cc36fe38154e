/**
 * SERVE: the aggregated discovery service as a gRPC server without an address. Delta streams are handed on, anything
 * else is refused.
 */
import { fromBinary } from "@bufbuild/protobuf";
import * as grpc from "@grpc/grpc-js";
import {
  type DeltaDiscoveryRequest,
  DeltaDiscoveryRequestSchema,
} from "#gen/envoy/service/discovery/v3/discovery_pb.js";
import { refusal } from "./stream.ts";

/** A delta stream as gRPC has it. */
export type DeltaCall = grpc.ServerDuplexStream<DeltaDiscoveryRequest, Buffer>;

const service = "envoy.service.discovery.v3.AggregatedDiscoveryService";
// A warm Envoy names every resource it has when it reconnects.
const maxRequestBytes = 64 * 1024 * 1024;

/** Makes a server that hands delta streams on. */
export function deltaServer(accept: (call: DeltaCall) => void, options: grpc.ServerOptions = {}): grpc.Server {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": maxRequestBytes,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 30_000,
    "grpc.max_concurrent_streams": 100,
    ...options,
  });
  server.addService(definition, { delta: accept, stateOfTheWorld: refuseStateOfTheWorld });
  return server;
}

/** Binds a server; rejects when the address is taken. */
export function bind(server: grpc.Server, address: string, credentials: grpc.ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}

/** Ends a stream with a status before it has begun. */
export function refuse(call: DeltaCall, error: Error): void {
  call.on("error", () => call.end());
  call.emit("error", error);
}

function refuseStateOfTheWorld(call: DeltaCall): void {
  const advice = "state-of-the-world xDS is not served: set api_type: DELTA_GRPC in ads_config";
  refuse(call, refusal(grpc.status.UNIMPLEMENTED, advice));
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
