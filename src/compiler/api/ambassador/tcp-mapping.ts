/**
 * TCPMapping: connections to a port → a service.
 */
import { kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { boolean, integer, object, optional, required, type Static, string } from "../schema/index.ts";
import { circuitBreakers } from "./cluster-settings.ts";
import { ambassadorId } from "./ids.ts";
import { serviceProblems } from "./service-address.ts";
import { downgradeTls, upgradeTls, upstreamTls } from "./upstream-tls.ts";

/** A TCPMapping's settings. */
export const tcpMappingSchema = object({
  ambassador_id: ambassadorId,
  port: required(integer({ min: 1, max: 65535 }), "Port that is listened on."),
  service: required(string(), "Where connections go: `[scheme://]host[.namespace][:port]`."),
  host: optional(string(), "Server name (SNI) that connections must ask for; TLS is terminated."),
  address: optional(string(), "Address that is listened on."),
  weight: optional(integer(), "Share of the connections, in percent."),
  ...upstreamTls,
  resolver: optional(string(), "Name of the resolver that finds the service's endpoints."),
  enable_ipv4: optional(boolean(), "Whether IPv4 addresses of the service are used."),
  enable_ipv6: optional(boolean(), "Whether IPv6 addresses of the service are used."),
  circuit_breakers: optional(circuitBreakers, "Limits of the upstream cluster.", {
    status: "notYet",
    versions: ["v2", "v3alpha1"],
  }),
  idle_timeout_ms: optional(string(), "When idle connections are closed, in milliseconds."),
  cluster_tag: optional(string(), "Part of the cluster's name.", { versions: ["v2", "v3alpha1"] }),
  stats_name: optional(string(), "Name of the cluster in statistics.", { old: { name: "v3StatsName" } }),
});

export type TCPMappingSpec = Static<typeof tcpMappingSchema>;
export type TCPMapping = Resource<"TCPMapping", TCPMappingSpec>;

/** The kind TCPMapping. */
export const tcpMapping = kind({
  kind: "TCPMapping",
  plural: "tcpmappings",
  versions: ["v0", "v1", "v2", "v3alpha1"],
  feature: "tcp-mapping",
  doc: "Connections to a port go to a service.",
  schema: tcpMappingSchema,
  verify: (spec, at) => serviceProblems(spec.service, at),
  upgrade: (old) => upgradeTls(old),
  downgrade: (hub) => downgradeTls(hub),
});
