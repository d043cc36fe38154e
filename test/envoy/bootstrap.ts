/**
 * The bootstrap of the harness's Envoy, in Envoy's JSON: everything else comes over delta ADS.
 */

/** Where the two unix sockets are. */
export interface BootstrapSockets {
  readonly xds: string;
  readonly admin: string;
}

/** A bootstrap with the limits that Dragoman's own has, and nothing more. */
export function testBootstrap(sockets: BootstrapSockets): object {
  const overAds = { ads: {}, resource_api_version: "V3" };
  return {
    node: { id: "golden", cluster: "golden" },
    admin: { address: { pipe: { path: sockets.admin } } },
    dynamic_resources: {
      ads_config: {
        api_type: "DELTA_GRPC",
        transport_api_version: "V3",
        grpc_services: [{ envoy_grpc: { cluster_name: "xds" } }],
      },
      cds_config: overAds,
      lds_config: overAds,
    },
    static_resources: { clusters: [xdsCluster(sockets.xds)] },
    layered_runtime: {
      layers: [
        {
          name: "static",
          static_layer: {
            "re2.max_program_size.error_level": 200,
            "overload.global_downstream_max_connections": 10_000,
            // Collectors are told at once, so that a case need not wait for a batch.
            "tracing.zipkin.min_flush_spans": 1,
            "tracing.opentelemetry.min_flush_spans": 1,
          },
        },
      ],
    },
  };
}

function xdsCluster(path: string): object {
  return {
    name: "xds",
    type: "STATIC",
    connect_timeout: "1s",
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    load_assignment: {
      cluster_name: "xds",
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path } } } }] }],
    },
  };
}
