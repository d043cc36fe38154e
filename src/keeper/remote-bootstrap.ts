/**
 * The part of a bootstrap by which an Envoy finds a control plane on another machine: certificates of both sides, which
 * come from files so that they can be replaced, and a connection that notices when the other side is gone.
 */
import { isIP } from "node:net";

/** A control plane elsewhere. */
export interface RemoteXds {
  /** A DNS name, of whose addresses IPv4 ones are preferred, or an IP address. */
  readonly host: string;
  readonly port: number;
  /** The name that its certificate must be for. */
  readonly serverName: string;
  /** SDS resources: who this Envoy is, and the authorities that it trusts. */
  readonly identityFile: string;
  readonly authoritiesFile: string;
}

/** The names of those two resources. */
export const secretNames = { identity: "xds_identity", authorities: "xds_authorities" } as const;

/** The Module's runtime_flags, which a control plane on the same machine sets over the admin interface. */
export const remoteFlags = {
  name: "runtime_flags",
  rtds_layer: {
    name: "runtime_flags",
    rtds_config: { ads: {}, resource_api_version: "V3", initial_fetch_timeout: "0s" },
  },
};

/** A cluster's options for HTTP/2. */
export function http2(options: object): object {
  return {
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
      "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
      explicit_http_config: { http2_protocol_options: options },
    },
  };
}

/** The control plane's cluster, without its name. */
export function remoteXdsCluster({ host, port, ...remote }: RemoteXds, clusterName: string): object {
  const address = { socket_address: { address: host, port_value: port } };
  return {
    ...(isIP(host) === 0 ? { type: "STRICT_DNS", dns_lookup_family: "V4_PREFERRED" } : { type: "STATIC" }),
    connect_timeout: "5s",
    typed_extension_protocol_options: http2({ connection_keepalive: { interval: "30s", timeout: "10s" } }),
    load_assignment: { cluster_name: clusterName, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    transport_socket: {
      name: "envoy.transport_sockets.tls",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        ...tls(remote),
      },
    },
  };
}

function tls({ serverName, identityFile, authoritiesFile }: Omit<RemoteXds, "host" | "port">): object {
  const isAddress = isIP(serverName) !== 0;
  const subject = { san_type: isAddress ? "IP_ADDRESS" : "DNS", matcher: { exact: serverName } };
  return {
    ...(isAddress ? {} : { sni: serverName }),
    common_tls_context: {
      tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
      alpn_protocols: ["h2"],
      tls_certificate_sds_secret_configs: [{ name: secretNames.identity, sds_config: fromFile(identityFile) }],
      combined_validation_context: {
        default_validation_context: { match_typed_subject_alt_names: [subject] },
        validation_context_sds_secret_config: { name: secretNames.authorities, sds_config: fromFile(authoritiesFile) },
      },
    },
  };
}

function fromFile(path: string): object {
  return { path_config_source: { path }, resource_api_version: "V3" };
}
