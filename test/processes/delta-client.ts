/** An Envoy as far as the wire shows one: it asks for everything over delta ADS, acknowledges it, and keeps count. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import * as grpc from "@grpc/grpc-js";
import { type ResourceType, typeUrls } from "#compiler";
import {
  DeltaDiscoveryRequestSchema,
  type DeltaDiscoveryResponse,
  DeltaDiscoveryResponseSchema,
} from "#gen/envoy/service/discovery/v3/discovery_pb.js";
import { deltaAds } from "../envoy/delta-ads.ts";

/** A response as it came. */
export interface Received {
  readonly type: ResourceType;
  readonly names: readonly string[];
  readonly removed: readonly string[];
  readonly bytes: number;
}

/** A connected client. */
export interface DeltaClient {
  /** Asks for more names, those of clusters and listeners excepted, of which it has all. */
  subscribe(type: ResourceType, names: readonly string[]): void;
  /** What came since the last call. */
  take(): readonly Received[];
  close(): void;
}

/** Connects to the socket. */
export function openDeltaClient(socketPath: string): DeltaClient {
  const client = new grpc.Client(`unix:${socketPath}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
  });
  const { path, requestSerialize, responseDeserialize } = deltaAds.DeltaAggregatedResources;
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  let received: Received[] = [];
  const send = (
    type: ResourceType,
    more: { readonly responseNonce?: string; readonly subscribe?: readonly string[] },
  ) => {
    const { responseNonce = "", subscribe = [] } = more;
    const node = { id: "client" };
    const request = { node, typeUrl: typeUrls[type], responseNonce, resourceNamesSubscribe: [...subscribe] };
    call.write(toBinary(DeltaDiscoveryRequestSchema, create(DeltaDiscoveryRequestSchema, request)));
  };
  call.on("data", (bytes: Buffer) => {
    const response = fromBinary(DeltaDiscoveryResponseSchema, bytes);
    const type = typeOf(response);
    const names = response.resources.map(({ name }) => name);
    received.push({ type, names, removed: response.removedResources, bytes: bytes.length });
    send(type, { responseNonce: response.nonce });
  });
  // The server ends before the client does, or the other way round.
  call.on("error", () => call.end());
  for (const type of ["cluster", "listener"] as const) send(type, { subscribe: ["*"] });
  return {
    subscribe: (type, names) => send(type, { subscribe: names }),
    take: () => {
      const taken = received;
      received = [];
      return taken;
    },
    close: () => {
      call.cancel();
      client.close();
    },
  };
}

function typeOf({ typeUrl }: DeltaDiscoveryResponse): ResourceType {
  const found = Object.entries(typeUrls).find(([, url]) => url === typeUrl);
  if (!found) throw new Error(`a response of an unknown type: ${typeUrl}`);
  return found[0] as ResourceType;
}
