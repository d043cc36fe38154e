/** Clusters that a real Envoy cannot warm: nothing answers their health check, their secret, their name. */
import type { JsonValue } from "@bufbuild/protobuf";
import type { Encoded } from "#compiler";
import { edsCluster, endpoints, staticCluster } from "./resources.ts";

/** Their resources; the port is that of a server that accepts connections and says nothing. */
export function cannotWarm(silentPort: number): readonly Encoded[] {
  const check = {
    timeout: "60s",
    interval: "60s",
    unhealthy_threshold: 1,
    healthy_threshold: 1,
    http_health_check: { path: "/" },
  };
  const noSecret = { sds_config: { ads: {}, resource_api_version: "V3" }, name: "missing" };
  const tls = {
    name: "tls",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
      common_tls_context: { tls_certificate_sds_secret_configs: [noSecret] },
    },
  };
  const dns = {
    type: "STRICT_DNS",
    dns_lookup_family: "V4_ONLY",
    typed_dns_resolver_config: deadResolver(silentPort),
  };
  return [
    edsCluster("hole", { health_checks: [check] }, true),
    edsCluster("secretless", { transport_socket: tls }, true),
    { ...staticCluster("nowhere", silentPort, { ...dns, load_assignment: nameless("nowhere") }), slow: true },
    endpoints("hole", silentPort),
    endpoints("secretless", silentPort),
  ];
}

/** A resolver that never answers: what it asks gets no reply. */
function deadResolver(port: number): JsonValue {
  return {
    name: "envoy.network.dns_resolver.cares",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig",
      resolvers: [{ socket_address: { address: "127.0.0.1", port_value: port, protocol: "UDP" } }],
      dns_resolver_options: { use_tcp_for_dns_lookups: true, no_default_search_domain: true },
    },
  };
}

function nameless(cluster: string): JsonValue {
  const address: JsonValue = { socket_address: { address: "nowhere.example", port_value: 80 } };
  return { cluster_name: cluster, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] };
}
