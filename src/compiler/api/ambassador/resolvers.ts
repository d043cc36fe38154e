/**
 * The three resolvers: how a service's endpoints are found.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { type ApiVersion, object, optional, type Static, string } from "../schema/index.ts";
import { consulAgent } from "./consul-address.ts";
import { ambassadorId } from "./ids.ts";

const versions: readonly ApiVersion[] = ["v1", "v2", "v3alpha1"];

/** A resolver without settings. */
export const plainResolverSchema = object({ ambassador_id: ambassadorId });

/** A ConsulResolver's settings. */
export const consulResolverSchema = object(
  {
    ambassador_id: ambassadorId,
    address: optional(
      string(),
      "Address of the Consul agent: `[http[s]://]host[:port][/path]`; else `127.0.0.1:8500`.",
      {
        example: "consul-server.consul:8500",
      },
    ),
    datacenter: optional(string(), "The datacenter whose services are meant; needed.", { example: "dc1" }),
  },
  {
    rules: [
      {
        cel: "has(self.datacenter) && (self.datacenter.contains('$') || self.datacenter.matches(r'^[0-9A-Za-z_.-]+$'))",
        message: "a ConsulResolver needs the name of a datacenter",
      },
    ],
  },
);

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
  example: {},
});

/** The kind KubernetesEndpointResolver. */
export const kubernetesEndpointResolver = kind({
  kind: "KubernetesEndpointResolver",
  plural: "kubernetesendpointresolvers",
  versions,
  feature: "resolver",
  doc: "Finds the endpoints of a Kubernetes Service.",
  schema: plainResolverSchema,
  example: {},
});

/** The kind ConsulResolver. */
export const consulResolver = kind({
  kind: "ConsulResolver",
  plural: "consulresolvers",
  versions,
  feature: "resolver",
  doc: "Finds endpoints in Consul.",
  schema: consulResolverSchema,
  example: { address: "consul-server.consul:8500", datacenter: "dc1" },
  verify: ({ address, datacenter }, at) => [...addressProblems(address, at), ...datacenterProblems(datacenter, at)],
});

const traffic = "Mappings that name it answer 503; if the resolver was good before, that version of it goes on";

function addressProblems(address: string | undefined, at: Origin): readonly Diagnostic[] {
  if (consulAgent(address) !== undefined) return [];
  // It may hold a password, which no message repeats.
  const message = "this cannot be the address of a Consul agent";
  const hint = "write host:port, with https:// before it if it speaks TLS; a token goes in CONSUL_HTTP_TOKEN";
  return [diagnose("resolver/invalid-address", child(at, "address"), message, { traffic, hint })];
}

function datacenterProblems(datacenter: string | undefined, at: Origin): readonly Diagnostic[] {
  if (datacenter !== undefined && /^[\w.-]+$/.test(datacenter)) return [];
  const message = datacenter
    ? `${JSON.stringify(datacenter)} cannot be the name of a datacenter`
    : "a ConsulResolver needs a datacenter";
  return [diagnose("resolver/no-datacenter", child(at, "datacenter"), message, { traffic })];
}
