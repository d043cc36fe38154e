/**
 * EMIT of filter slots: the place in every connection manager, which has a name alone, and what ECDS fills it with, the
 * policy's configuration or the no-op.
 */
import type { Any } from "@bufbuild/protobuf/wkt";
import { nestsFilters } from "#base/envoy-version.ts";
import { TypedExtensionConfigSchema } from "#gen/envoy/config/core/v3/extension_pb.js";
import { FilterChainConfigSchema } from "#gen/envoy/extensions/filters/http/filter_chain/v3/filter_chain_pb.js";
import { ConfigSchema } from "#gen/envoy/extensions/filters/http/set_metadata/v3/set_metadata_pb.js";
import type { HttpFilterSchema } from "#gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import type { Encoded } from "../ir/encoded.ts";
import type { Policy } from "../policies/policy.ts";
import { encode, type Init, packed, versionOf } from "./bytes.ts";
import { ads } from "./config-source.ts";

/**
 * The message that a slot holds, empty, while its policy is not used. A chain of no filters adds none to requests; an
 * older Envoy gets one that then does nothing, listens to nothing that routes tell filters, and sees no answers.
 */
function noopType(envoyVersion: string): string {
  return nestsFilters(envoyVersion) ? FilterChainConfigSchema.typeName : ConfigSchema.typeName;
}

/** A policy's place among the HTTP filters of a connection manager. */
export type SlotFilter = Init<typeof HttpFilterSchema>;

/** The places of policies, in their order. */
export function emitSlots(policies: readonly Policy[], envoyVersion: string): readonly SlotFilter[] {
  return policies.map((policy) => emitSlot(policy, envoyVersion));
}

function emitSlot(policy: Policy, envoyVersion: string): SlotFilter {
  const types = [noopType(envoyVersion), policy.type, ...(policy.alsoTypes ?? [])];
  const value = { configSource: ads, typeUrls: types.map((type) => `type.googleapis.com/${type}`) };
  return { name: policy.filter, configType: { case: "configDiscovery", value } };
}

/** What a slot holds, and the clusters that this names. */
export interface SlotContent {
  readonly config?: Any;
  readonly clusters?: readonly string[];
}

/** The resource of a policy's slot. It always exists: a missing one would keep listeners closed. */
export function emitSlotContent(policy: Policy, envoyVersion: string, { config, clusters }: SlotContent): Encoded {
  const bytes = encode(TypedExtensionConfigSchema, {
    name: policy.filter,
    typedConfig: config ?? packed(noopType(envoyVersion), new Uint8Array()),
  });
  return {
    type: "extension",
    name: policy.filter,
    version: versionOf([bytes]),
    parts: [bytes],
    ...(clusters ? { clusters: [clusters] } : {}),
  };
}
