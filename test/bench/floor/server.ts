/**
 * A do-nothing control plane in a process of its own: delta ADS that answers from bytes given to it beforehand. Every
 * response is marshalled before it is asked for, so that what an edit takes from here is Envoy's own share.
 */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type handleBidiStreamingCall, Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import {
  type DeltaDiscoveryRequest,
  DeltaDiscoveryRequestSchema,
  DeltaDiscoveryResponseSchema,
  type Resource,
  ResourceSchema,
} from "#gen/envoy/service/discovery/v3/discovery_pb.js";
import { deltaAds } from "../../envoy/delta-ads.ts";

/** A resource as it is sent. */
export interface Given {
  readonly typeUrl: string;
  readonly name: string;
  readonly version: string;
  readonly bytes: Uint8Array;
}

/** What the measuring process says: listen with these; have these ready; send them. */
export type Order =
  | { readonly do: "listen"; readonly path: string; readonly resources: readonly Given[] }
  | { readonly do: "prepare"; readonly resources: readonly Given[] }
  | { readonly do: "send" };

/** The answer: done, and when (a reading of the monotonic clock, in ns). */
export interface Done {
  readonly at: bigint;
}

type Stream = ServerDuplexStream<Buffer, Uint8Array>;

const resources = new Map<string, Map<string, Resource>>();
let prepared: readonly Uint8Array[] = [];
let stream: Stream | undefined;
let nonce = 0;

process.on("message", (order: Order) => {
  if (order.do === "listen") {
    for (const given of order.resources) store(given);
    listen(order.path);
  } else if (order.do === "prepare") {
    for (const given of order.resources) store(given);
    prepared = marshal(order.resources);
    answer();
  } else {
    const at = process.hrtime.bigint();
    for (const bytes of prepared) stream?.write(bytes);
    answer(at);
  }
});
// It must not outlive the measurement.
process.on("disconnect", () => process.exit());

function answer(at = process.hrtime.bigint()): void {
  process.send?.({ at } satisfies Done);
}

function store({ typeUrl, name, version, bytes }: Given): void {
  const ofType = resources.get(typeUrl) ?? new Map<string, Resource>();
  resources.set(
    typeUrl,
    ofType.set(name, create(ResourceSchema, { name, version, resource: { typeUrl, value: bytes } })),
  );
}

function marshal(given: readonly Given[]): readonly Uint8Array[] {
  return [...Map.groupBy(given, ({ typeUrl }) => typeUrl)].map(([typeUrl, list]) =>
    response(
      typeUrl,
      list.flatMap(({ name }) => resources.get(typeUrl)?.get(name) ?? []),
    ),
  );
}

function response(typeUrl: string, list: readonly Resource[]): Uint8Array {
  nonce++;
  return toBinary(
    DeltaDiscoveryResponseSchema,
    create(DeltaDiscoveryResponseSchema, { typeUrl, nonce: String(nonce), resources: [...list] }),
  );
}

/** What a request subscribes to: everything at the first one of a type that names nothing, else what it names. */
function reply(request: DeltaDiscoveryRequest, seen: Set<string>): void {
  const { typeUrl, resourceNamesSubscribe: names, responseNonce } = request;
  const ofType = resources.get(typeUrl) ?? new Map<string, Resource>();
  const isFirst = !seen.has(typeUrl);
  seen.add(typeUrl);
  if (names.length === 0 && !(isFirst && responseNonce === "")) return;
  const wanted =
    names.length === 0 || names.includes("*") ? [...ofType.values()] : names.flatMap((n) => ofType.get(n) ?? []);
  stream?.write(response(typeUrl, wanted));
}

function listen(path: string): void {
  const connected: handleBidiStreamingCall<Buffer, Uint8Array> = (call) => {
    stream = call;
    const seen = new Set<string>();
    call.on("data", (bytes: Buffer) => {
      const request = fromBinary(DeltaDiscoveryRequestSchema, bytes);
      if (request.errorDetail) throw new Error(`Envoy refuses ${request.typeUrl}: ${request.errorDetail.message}`);
      reply(request, seen);
    });
    call.on("end", () => call.end());
  };
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  server.addService(deltaAds, { DeltaAggregatedResources: connected });
  server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) => {
    if (error) throw error;
    answer();
  });
}
