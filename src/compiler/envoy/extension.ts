/** EMIT of filter slots: what ECDS fills a slot with, the policy's configuration or the no-op. */
import type { Any } from "@bufbuild/protobuf/wkt";
import { TypedExtensionConfigSchema } from "#gen/envoy/config/core/v3/extension_pb.js";
import type { Encoded } from "../ir/encoded.ts";
import type { Policy } from "../policies/policy.ts";
import { contentVersion, encode, packed } from "./bytes.ts";
import { noopType } from "./http-connection-manager.ts";

/** The slot of a policy, and the clusters it names. It always exists: a missing one would keep listeners closed. */
export function emitSlot(policy: Policy, config: Any | undefined, clusters?: readonly string[]): Encoded {
  const bytes = encode(TypedExtensionConfigSchema, {
    name: policy.filter,
    typedConfig: config ?? packed(noopType, new Uint8Array()),
  });
  return {
    type: "extension",
    name: policy.filter,
    version: contentVersion(bytes),
    parts: [bytes],
    ...(clusters ? { clusters: [clusters] } : {}),
  };
}
