/**
 * SERVE of the Module's `runtime_flags` to Envoys elsewhere, as one RTDS layer on their stream: their admin interface is
 * out of reach. It stands outside of the order, because nothing that is served relies on it.
 */
import { createHash } from "node:crypto";
import { create, type JsonObject, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import type { RuntimeFlags } from "#compiler";
import {
  type DeltaDiscoveryRequest,
  DeltaDiscoveryResponseSchema,
} from "#gen/envoy/service/discovery/v3/discovery_pb.js";
import { RuntimeSchema } from "#gen/envoy/service/runtime/v3/rtds_pb.js";

/** What a request asks for that is for this file. */
export const flagsTypeUrl = "type.googleapis.com/envoy.service.runtime.v3.Runtime";
/** The only layer that there is, as bootstraps name it. */
export const flagsLayer = "runtime_flags";

/** The layer as it is now. */
export interface FlagLayer {
  readonly version: string;
  readonly flags: RuntimeFlags;
}

/** The layer with these flags; what is taken back is left out. */
export function flagLayer(flags: RuntimeFlags): FlagLayer {
  return { version: createHash("sha256").update(JSON.stringify(flags)).digest("hex").slice(0, 16), flags };
}

/** One stream's part in it. */
export interface FlagsStream {
  take(request: DeltaDiscoveryRequest): void;
  /** The layer may have changed. */
  tell(): void;
}

/** Serves the layer on one stream. */
export function serveFlags(current: () => FlagLayer, write: (bytes: Buffer) => void): FlagsStream {
  let wanted = false;
  let told = "";
  let sequence = 0;
  /** What has not been acknowledged or refused yet; whoever reads nothing is not sent more. */
  let open = "";

  function send(resources: readonly FlagLayer[], removedResources: readonly string[]): void {
    open = `flags-${++sequence}`;
    const response = create(DeltaDiscoveryResponseSchema, {
      typeUrl: flagsTypeUrl,
      nonce: open,
      resources: resources.map(({ version, flags }) => ({ name: flagsLayer, version, resource: packed(flags) })),
      removedResources: [...removedResources],
    });
    write(Buffer.from(toBinary(DeltaDiscoveryResponseSchema, response)));
  }

  function tell(): void {
    const layer = current();
    if (!wanted || open !== "" || told === layer.version) return;
    told = layer.version;
    send([layer], []);
  }

  return {
    tell,
    take({ resourceNamesSubscribe, resourceNamesUnsubscribe, initialResourceVersions, responseNonce }) {
      if (responseNonce === open) open = "";
      const strange = resourceNamesSubscribe.filter((name) => name !== flagsLayer);
      if (strange.length > 0) send([], strange);
      if (resourceNamesUnsubscribe.includes(flagsLayer)) wanted = false;
      if (resourceNamesSubscribe.includes(flagsLayer)) {
        wanted = true;
        told = initialResourceVersions[flagsLayer] ?? "";
      }
      tell();
    },
  };
}

function packed(flags: RuntimeFlags) {
  const layer: JsonObject = Object.fromEntries(Object.entries(flags).flatMap(([k, v]) => (v === null ? [] : [[k, v]])));
  return anyPack(RuntimeSchema, create(RuntimeSchema, { name: flagsLayer, layer }));
}
