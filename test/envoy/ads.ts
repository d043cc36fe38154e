/**
 * A do-nothing control plane: serves a set of encoded resources over delta ADS, and the next set as the difference.
 * It shares nothing with src/control/xds but the protocol, so that the compiler's output is judged on its own.
 */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type handleBidiStreamingCall, Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import { type Encoded, encodedBytes, type ResourceType, typeUrls } from "#compiler";
import {
  type DeltaDiscoveryRequest,
  DeltaDiscoveryRequestSchema,
  DeltaDiscoveryResponseSchema,
} from "#gen/envoy/service/discovery/v3/discovery_pb.js";
import { deltaAds } from "./delta-ads.ts";

/** Envoy's refusal of a response, in its own words. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** A running server. */
export interface Ads {
  /** Replaces what is served; settles when Envoy has acknowledged or refused everything sent. */
  serve(resources: readonly Encoded[]): Promise<void>;
  close(): void;
}

type Stream = ServerDuplexStream<Buffer, Uint8Array>;

/** One type's side of a stream. */
interface Subscription {
  readonly wanted: Set<string>;
  readonly sent: Map<string, string>;
}

const types = Object.keys(typeUrls) as ResourceType[];
const typeOfUrl = new Map(types.map((type) => [typeUrls[type] as string, type]));
const wildcard = (type: ResourceType): boolean => type === "cluster" || type === "listener" || type === "scope";
/** What is named comes before what names it. */
const order: readonly ResourceType[] = ["cluster", "endpoints", "secret", "extension", "listener", "routes", "scope"];

/** Serves on a unix socket. */
export async function startAds(path: string): Promise<Ads> {
  let resources = new Map<string, Encoded>();
  let connection: ReturnType<typeof openConnection> | undefined;
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const settled = (refusal?: Error): void => {
    if (refusal) settle?.reject(refusal);
    else settle?.resolve();
    settle = undefined;
  };
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  const stream: handleBidiStreamingCall<Buffer, Uint8Array> = (call) => {
    connection = openConnection(call, () => resources, settled);
  };
  server.addService(deltaAds, { DeltaAggregatedResources: stream });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return {
    serve: (next) =>
      new Promise((resolve, reject) => {
        resources = new Map(next.map((resource) => [`${resource.type} ${resource.name}`, resource]));
        settle = { resolve, reject };
        connection?.update();
      }),
    close: () => server.forceShutdown(),
  };
}

function openConnection(
  call: Stream,
  resources: () => ReadonlyMap<string, Encoded>,
  settled: (refusal?: Error) => void,
) {
  const subscriptions = new Map<ResourceType, Subscription>();
  const unanswered = new Set<string>();
  let nonce = 0;

  const send = (type: ResourceType, changed: readonly Encoded[], removed: readonly string[]): void => {
    nonce++;
    unanswered.add(String(nonce));
    const response = create(DeltaDiscoveryResponseSchema, {
      typeUrl: typeUrls[type],
      nonce: String(nonce),
      removedResources: [...removed],
      resources: changed.map((resource) => ({
        name: resource.name,
        version: resource.version,
        resource: { typeUrl: typeUrls[type], value: encodedBytes(resource) },
      })),
    });
    call.write(toBinary(DeltaDiscoveryResponseSchema, response));
  };
  const flush = (type: ResourceType, again: boolean): boolean => {
    const subscription = subscriptions.get(type);
    if (!subscription) return false;
    const names = wildcard(type) ? namesOf(resources(), type) : subscription.wanted;
    const current = [...names].flatMap((name) => resources().get(`${type} ${name}`) ?? []);
    const changed = current.filter((one) => again || subscription.sent.get(one.name) !== one.version);
    const removed = [...new Set([...subscription.sent.keys(), ...names])].filter(
      (name) => !resources().has(`${type} ${name}`) && subscription.sent.get(name) !== "",
    );
    // Once removed, "" remembers that Envoy was told, as long as it asks for the name.
    for (const name of removed)
      subscription.wanted.has(name) ? subscription.sent.set(name, "") : subscription.sent.delete(name);
    for (const one of changed) subscription.sent.set(one.name, one.version);
    if (changed.length + removed.length === 0) return false;
    send(type, changed, removed);
    return true;
  };
  call.on("data", (bytes: Buffer) => {
    const request = fromBinary(DeltaDiscoveryRequestSchema, bytes);
    const type = typeOfUrl.get(request.typeUrl);
    if (!type) return;
    const subscription = subscriptions.get(type) ?? { wanted: new Set(), sent: new Map() };
    subscriptions.set(type, subscription);
    subscribe(subscription, request);
    unanswered.delete(request.responseNonce);
    if (request.errorDetail) settled(new Refused(`${type}: ${request.errorDetail.message}`));
    flush(type, false);
    if (unanswered.size === 0 && subscriptions.has("listener") && subscriptions.has("cluster")) settled();
  });
  call.on("error", (error) => settled(error));
  call.on("end", () => call.end());
  return {
    update: () => {
      const clustersChanged = flush("cluster", false);
      // A changed EDS cluster warms until its endpoints come again.
      for (const type of order.slice(1)) flush(type, type === "endpoints" && clustersChanged);
      if (unanswered.size === 0) settled();
    },
  };
}

function subscribe(subscription: Subscription, request: DeltaDiscoveryRequest): void {
  for (const name of request.resourceNamesSubscribe) {
    subscription.wanted.add(name);
    subscription.sent.delete(name);
  }
  for (const name of request.resourceNamesUnsubscribe) {
    subscription.wanted.delete(name);
    subscription.sent.delete(name);
  }
  for (const [name, version] of Object.entries(request.initialResourceVersions)) subscription.sent.set(name, version);
}

function* namesOf(resources: ReadonlyMap<string, Encoded>, type: ResourceType): Iterable<string> {
  for (const resource of resources.values()) if (resource.type === type) yield resource.name;
}
