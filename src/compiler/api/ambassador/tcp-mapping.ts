/**
 * TCPMapping: connections to a port → a service.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { parseGlob } from "#base/hostname.ts";
import { isIp } from "#base/ip.ts";
import { child, type Origin } from "#base/origin.ts";
import { kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { boolean, integer, object, optional, required, type Static, string } from "../schema/index.ts";
import { circuitBreakers } from "./cluster-settings.ts";
import { ambassadorId } from "./ids.ts";
import { serviceProblems, serviceString } from "./service-address.ts";
import { upstreamNotes } from "./upstream-rules.ts";
import { downgradeTls, upgradeTls, upstreamTls } from "./upstream-tls.ts";

/** What TLS clients can ask for, as a field. */
export const serverName = string({
  cel: "self.contains('$') || self.matches(r'^[*]?[^*:\\[\\]]*$')",
  message: "write an exact name, `*` or `*.example.com`, without a port",
});

/** A TCPMapping's settings. */
export const tcpMappingSchema = object({
  ambassador_id: ambassadorId,
  port: required(integer({ min: 1, max: 65535 }), "Port that is listened on.", { example: 5432 }),
  service: required(serviceString, "Where connections go: `[scheme://]host[.namespace][:port]`.", {
    example: "postgres:5432",
  }),
  host: optional(serverName, "Server name (SNI) that connections must ask for; TLS is terminated.", {
    example: "db.example.com",
  }),
  address: optional(string(), "Address that is listened on; all of the machine's by default.", {
    example: "127.0.0.1",
  }),
  weight: optional(integer(), "Share of the connections, in percent.", { example: 10 }),
  ...upstreamTls,
  resolver: optional(string(), "Name of the resolver that finds the service's endpoints.", { example: "endpoint" }),
  enable_ipv4: optional(boolean(), "Whether IPv4 addresses of the service are used."),
  enable_ipv6: optional(boolean(), "Whether IPv6 addresses of the service are used."),
  circuit_breakers: optional(circuitBreakers, "Limits towards the service, beyond which connections are closed.", {
    versions: ["v2", "v3alpha1"],
    example: [{ max_connections: 100 }],
  }),
  idle_timeout_ms: optional(string(), "When idle connections are closed, in milliseconds.", { example: "60000" }),
  cluster_tag: optional(
    string(),
    "Keeps this TCPMapping's connections, limits and statistics apart from those of others to the same service.",
    { versions: ["v2", "v3alpha1"], example: "canary" },
  ),
  stats_name: optional(string(), "Name of the service in Envoy's statistics.", {
    old: { name: "v3StatsName" },
    example: "postgres",
  }),
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
  example: { port: 5432, service: "postgres:5432" },
  verify: (spec, at) => [
    ...serviceProblems(spec.service, at),
    ...hostProblems(spec, at),
    ...addressProblems(spec, at),
    ...upstreamNotes(spec, at),
  ],
  upgrade: (old) => upgradeTls(old),
  downgrade: (hub) => downgradeTls(hub),
});

const traffic = "its connections are not served; if it was good before, that version of it goes on";

/** Envoy's server names are exact, `*.suffix` or all. */
function hostProblems({ host = "" }: TCPMappingSpec, at: Origin): readonly Diagnostic[] {
  const glob = parseGlob(host);
  const possible = glob && (glob.kind === "exact" || glob.kind === "any" || glob.text.startsWith("*."));
  if (possible && !/[:[\]]/.test(host)) return [];
  const hint = "write an exact name, `*` or `*.example.com`, without a port";
  const message = `${JSON.stringify(host)} is not a server name that TLS clients can ask for`;
  return [diagnose("tcp-mapping/invalid-host", child(at, "host"), message, { traffic, hint })];
}

function addressProblems({ address }: TCPMappingSpec, at: Origin): readonly Diagnostic[] {
  if (address === undefined || address === "" || isIp(address)) return [];
  const message = `${JSON.stringify(address)} is not an IP address to listen on`;
  return [diagnose("tcp-mapping/invalid-address", child(at, "address"), message, { traffic })];
}
