/** Where the requests of a Mapping go, and how its service is spoken to. */
import { anything, boolean, integer, optional, required, string, variants } from "../schema/index.ts";
import { circuitBreakers, healthChecks, keepalive, loadBalancer, milliseconds } from "./cluster-settings.ts";
import { serviceString } from "./service-address.ts";
import { upstreamTls } from "./upstream-tls.ts";

/** Fields of a Mapping. */
export const destination = {
  service: required(serviceString, "Where requests go: `[scheme://]host[.namespace][:port]`.", {
    example: "shop.backend:8080",
  }),
  ...upstreamTls,
  resolver: optional(string(), "Name of the resolver that finds the service's endpoints.", {
    versions: ["v1", "v2", "v3alpha1"],
    example: "endpoint",
  }),
  weight: optional(integer(), "Share of the requests, in percent, among Mappings that match alike.", { example: 10 }),
  shadow: optional(boolean(), "Send a copy of the requests here, whose answers are thrown away.", {
    unset: false,
  }),
  connect_timeout_ms: optional(integer({ min: 1 }), "How long connecting to the service may take.", {
    unset: 3000,
    example: 1000,
  }),
  cluster_idle_timeout_ms: optional(milliseconds, "When connections to the service that carry nothing are closed.", {
    versions: ["v1", "v2", "v3alpha1"],
    example: 30000,
  }),
  cluster_max_connection_lifetime_ms: optional(
    milliseconds,
    "When connections to the service are closed at the latest, once they carry nothing.",
    { versions: ["v2", "v3alpha1"], example: 600000 },
  ),
  cluster_tag: optional(
    string(),
    "Keeps this Mapping's connections, limits and statistics apart from those of others to the same service.",
    {
      versions: ["v2", "v3alpha1"],
      example: "canary",
    },
  ),
  stats_name: optional(string(), "Name of the service in Envoy's statistics.", {
    old: { name: "v3StatsName" },
    example: "shop",
  }),
  circuit_breakers: optional(circuitBreakers, "Limits towards the service, beyond which requests are answered 503.", {
    versions: ["v1", "v2", "v3alpha1"],
    example: [{ max_connections: 100 }],
  }),
  keepalive: optional(keepalive, "TCP keep-alive of connections to the service.", {
    versions: ["v1", "v2", "v3alpha1"],
  }),
  load_balancer: optional(loadBalancer, "How one of the service's endpoints is chosen for a request.", {
    versions: ["v1", "v2", "v3alpha1"],
  }),
  health_checks: optional(
    healthChecks,
    "Active health checks; an endpoint gets requests while it passes all of them.",
    {
      old: { name: "v3health_checks" },
    },
  ),
  grpc: optional(boolean(), "Speak HTTP/2 with the service.", { unset: false }),
  enable_ipv4: optional(boolean(), "Whether IPv4 addresses of the service are used.", {
    versions: ["v1", "v2", "v3alpha1"],
  }),
  enable_ipv6: optional(boolean(), "Whether IPv6 addresses of the service are used.", {
    versions: ["v1", "v2", "v3alpha1"],
  }),
  dns_type: optional(string(), "How names are looked up: `strict_dns` uses all addresses, `logical_dns` one of them.", {
    unset: "strict_dns",
    versions: ["v2", "v3alpha1"],
    example: "logical_dns",
  }),
  respect_dns_ttl: optional(boolean(), "Look names up again when their TTL says so.", {
    unset: false,
    versions: ["v2", "v3alpha1"],
  }),
  outlier_detection: optional(variants(string(), anything()), "Name of a v0 OutlierDetection.", {
    status: "ignored",
    because: "no release ever detected outliers by it; the Mapping is served without",
    example: "strict",
  }),
};
