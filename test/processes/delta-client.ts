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

/** Where to connect, and as whom. */
export interface DeltaTarget {
  readonly address: string;
  /** Plain text when absent. */
  readonly credentials?: grpc.ChannelCredentials;
  readonly node?: string;
  /** What it says it is, `1.40.0`; nothing when absent. */
  readonly version?: string;
  /** It acknowledges only when it is told to. */
  readonly hesitant?: boolean;
  /** Nobody may listen there yet. */
  readonly patient?: boolean;
}

/** A connected client. */
export interface DeltaClient {
  /** Asks for more names, those of clusters and listeners excepted, of which it has all. */
  subscribe(type: ResourceType, names: readonly string[]): void;
  /** Asks for whatever the type is called, without a word about the node. */
  ask(typeUrl: string, names: readonly string[], node?: string): void;
  /** Called with a response of a type that is not the compiler's. */
  onOther: (bytes: Buffer) => void;
  /** Reads nothing more, or goes on. */
  pause(paused: boolean): void;
  /** Acknowledges what a hesitant client has not acknowledged yet. */
  acknowledge(): void;
  /** What came since the last call. */
  take(): readonly Received[];
  /** Resolves with the reason when the server ends the stream. */
  readonly refused: Promise<string>;
  close(): void;
}

/** Connects to the socket of an instance, which may have just been started. */
export function openDeltaClient(socketPath: string): DeltaClient {
  return connectDeltaClient({ address: `unix:${socketPath}`, patient: true });
}

/** Connects. */
export function connectDeltaClient(target: DeltaTarget): DeltaClient {
  const { address, credentials, node: id = "client", version, hesitant, patient = false } = target;
  const client = new grpc.Client(address, credentials ?? grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
    // A channel of its own, as another process would have.
    "grpc.use_local_subchannel_pool": 1,
  });
  const { path, requestSerialize, responseDeserialize } = deltaAds.DeltaAggregatedResources;
  const call = client.makeBidiStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    new grpc.Metadata({ waitForReady: patient }),
  );
  let received: Received[] = [];
  let unanswered: (() => void)[] = [];
  const send = (
    type: ResourceType,
    more: { readonly responseNonce?: string; readonly subscribe?: readonly string[] },
  ) => {
    const { responseNonce = "", subscribe = [] } = more;
    const node = {
      id,
      ...(version && { userAgentVersionType: { case: "userAgentVersion", value: version } as const }),
    };
    const request = { node, typeUrl: typeUrls[type], responseNonce, resourceNamesSubscribe: [...subscribe] };
    call.write(toBinary(DeltaDiscoveryRequestSchema, create(DeltaDiscoveryRequestSchema, request)));
  };
  call.on("data", (bytes: Buffer) => {
    const response = fromBinary(DeltaDiscoveryResponseSchema, bytes);
    const type = typeOf(response);
    if (!type) {
      const { typeUrl, nonce: responseNonce } = response;
      call.write(
        toBinary(DeltaDiscoveryRequestSchema, create(DeltaDiscoveryRequestSchema, { typeUrl, responseNonce })),
      );
      opened.onOther(bytes);
      return;
    }
    const names = response.resources.map(({ name }) => name);
    received.push({ type, names, removed: response.removedResources, bytes: bytes.length });
    const answer = (): void => send(type, { responseNonce: response.nonce });
    if (hesitant) unanswered.push(answer);
    else answer();
  });
  const refused = new Promise<string>((resolve) => {
    // The server ends before the client does, or the other way round.
    call.on("error", (error: grpc.ServiceError) => {
      call.end();
      resolve(`${grpc.status[error.code]}: ${error.details}`);
    });
  });
  for (const type of ["cluster", "listener"] as const) send(type, { subscribe: ["*"] });
  const opened: DeltaClient = {
    subscribe: (type, names) => send(type, { subscribe: names }),
    ask(typeUrl, names, other) {
      const asked = {
        typeUrl,
        resourceNamesSubscribe: [...names],
        ...(other !== undefined && { node: { id: other } }),
      };
      call.write(toBinary(DeltaDiscoveryRequestSchema, create(DeltaDiscoveryRequestSchema, asked)));
    },
    refused,
    onOther: () => undefined,
    pause: (paused) => void (paused ? call.pause() : call.resume()),
    acknowledge: () => {
      const answers = unanswered;
      unanswered = [];
      for (const answer of answers) answer();
    },
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
  return opened;
}

function typeOf({ typeUrl }: DeltaDiscoveryResponse): ResourceType | undefined {
  const found = Object.entries(typeUrls).find(([, url]) => url === typeUrl);
  return found?.[0] as ResourceType | undefined;
}
