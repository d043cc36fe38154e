/**
 * The three resolvers: how a service's endpoints are found.
 */
import { diagnose } from "#base/diagnostic.ts";
import { child } from "#base/origin.ts";
import { kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { type ApiVersion, object, optional, type Static, string } from "../schema/index.ts";
import { ambassadorId } from "./ids.ts";

const versions: readonly ApiVersion[] = ["v1", "v2", "v3alpha1"];

/** A resolver without settings. */
export const plainResolverSchema = object({ ambassador_id: ambassadorId });

/** A ConsulResolver's settings. */
export const consulResolverSchema = object({
  ambassador_id: ambassadorId,
  address: optional(string(), "Address of the Consul agent: `host:port`."),
  datacenter: optional(string(), "Consul's datacenter; needed."),
});

export type PlainResolverSpec = Static<typeof plainResolverSchema>;
export type ConsulResolverSpec = Static<typeof consulResolverSchema>;
export type KubernetesServiceResolver = Resource<"KubernetesServiceResolver", PlainResolverSpec>;
export type KubernetesEndpointResolver = Resource<"KubernetesEndpointResolver", PlainResolverSpec>;
export type ConsulResolver = Resource<"ConsulResolver", ConsulResolverSpec>;

/** The kind KubernetesServiceResolver. */
export const kubernetesServiceResolver = kind({
  kind: "KubernetesServiceResolver",
  plural: "kubernetesserviceresolvers",
  versions,
  feature: "resolver",
  doc: "Finds a service by its name.",
  schema: plainResolverSchema,
});

/** The kind KubernetesEndpointResolver. */
export const kubernetesEndpointResolver = kind({
  kind: "KubernetesEndpointResolver",
  plural: "kubernetesendpointresolvers",
  versions,
  feature: "resolver",
  doc: "Finds the endpoints of a Kubernetes Service.",
  schema: plainResolverSchema,
});

/** The kind ConsulResolver. */
export const consulResolver = kind({
  kind: "ConsulResolver",
  plural: "consulresolvers",
  versions,
  feature: "resolver",
  doc: "Finds endpoints in Consul.",
  schema: consulResolverSchema,
  notYet: "Mappings that name this resolver answer 503",
  verify({ datacenter }, at) {
    if (datacenter !== undefined && datacenter !== "") return [];
    const traffic = "the resolver finds nothing: Mappings that name it answer 503";
    return [
      diagnose("resolver/no-datacenter", child(at, "datacenter"), "a ConsulResolver needs a datacenter", { traffic }),
    ];
  },
});
