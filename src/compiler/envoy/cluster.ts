/** EMIT of clusters. Every connection setting is in the message; addresses of Services come over EDS. */
import { ClusterSchema } from "#gen/envoy/config/cluster/v3/cluster_pb.js";
import type { ClusterLoadAssignmentSchema } from "#gen/envoy/config/endpoint/v3/endpoint_pb.js";
import { HttpProtocolOptionsSchema } from "#gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js";
import type { Cluster, ClusterTarget, ConnectionPolicy } from "../ir/cluster.ts";
import type { Encoded } from "../ir/encoded.ts";
import { duration, encode, type Init, pack, versionOf } from "./bytes.ts";
import { ads } from "./config-source.ts";
import { emitCircuitBreakers, emitKeepalive } from "./connection.ts";
import { emitHeaderCase } from "./header-case.ts";
import { emitHealthChecks } from "./health-check.ts";
import { emitUpstreamTls } from "./tls.ts";

type ClusterInit = Init<typeof ClusterSchema>;

const dnsFamilies = { auto: 0, v4: 1, v6: 2 } as const;
const balancers = { least_request: 1, ring_hash: 2, maglev: 5 } as const;
const httpOptionsName = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** Encodes a linked cluster. */
export function emitCluster(cluster: Cluster): Encoded {
  const { policy, target } = cluster;
  const bytes = encode(ClusterSchema, {
    name: cluster.name,
    connectTimeout: duration(policy.connectTimeoutMs),
    ...(policy.statName === undefined ? {} : { altStatName: policy.statName }),
    ...emitTarget(cluster.name, target, policy),
    ...emitCircuitBreakers(policy.circuitBreakers),
    ...emitKeepalive(policy.keepalive),
    ...(policy.healthChecks ? { healthChecks: emitHealthChecks(policy.healthChecks, policy.http2) } : {}),
    ...(policy.balancing ? { lbPolicy: balancers[policy.balancing] } : {}),
    ...(policy.tls ? { transportSocket: emitUpstreamTls(policy.tls) } : {}),
    typedExtensionProtocolOptions: emitHttpOptions(policy),
  });
  return {
    type: "cluster",
    name: cluster.name,
    version: versionOf([bytes]),
    parts: [bytes],
    ...("endpoints" in target ? { endpoints: target.endpoints } : {}),
    ...warming(cluster),
  };
}

/** What the cluster waits for in Envoy before it can be used. */
function warming({ policy, target }: Cluster): Pick<Encoded, "slow" | "immediate"> {
  const secrets = policy.tls?.certificate ?? policy.tls?.validation;
  if (secrets || policy.healthChecks || target.kind === "dns") return { slow: true };
  return target.kind === "address" ? { immediate: true } : {};
}

function emitTarget(name: string, target: ClusterTarget, policy: ConnectionPolicy): ClusterInit {
  switch (target.kind) {
    case "endpoints":
    case "consul":
      return {
        clusterDiscoveryType: { case: "type", value: 3 },
        edsClusterConfig: { edsConfig: ads, serviceName: target.endpoints },
      };
    case "address":
      return {
        clusterDiscoveryType: { case: "type", value: 0 },
        loadAssignment: emitAddress(name, target.address, target.port),
      };
    case "dns":
      return {
        clusterDiscoveryType: { case: "type", value: policy.dnsType === "logical_dns" ? 2 : 1 },
        dnsLookupFamily: dnsFamilies[policy.dnsFamily],
        ...(policy.respectDnsTtl ? { respectDnsTtl: true } : {}),
        loadAssignment: emitAddress(name, target.host, target.port),
      };
  }
}

function emitAddress(name: string, address: string, port: number): Init<typeof ClusterLoadAssignmentSchema> {
  return { clusterName: name, endpoints: [{ lbEndpoints: [emitEndpoint(address, port)] }] };
}

/** One LbEndpoint, as plain fields. */
export function emitEndpoint(address: string, port: number) {
  const socketAddress = { address, portSpecifier: { case: "portValue", value: port } } as const;
  const endpoint = { address: { address: { case: "socketAddress", value: socketAddress } } } as const;
  return { hostIdentifier: { case: "endpoint", value: endpoint } } as const;
}

function emitHttpOptions(policy: ConnectionPolicy): NonNullable<ClusterInit["typedExtensionProtocolOptions"]> {
  const { idleTimeoutMs, maxConnectionLifetimeMs, headerCase } = policy;
  const usual = idleTimeoutMs === undefined && maxConnectionLifetimeMs === undefined && headerCase === undefined;
  if (!policy.http2 && usual) return {};
  const common = {
    ...(idleTimeoutMs === undefined ? {} : { idleTimeout: duration(idleTimeoutMs) }),
    ...(maxConnectionLifetimeMs === undefined ? {} : { maxConnectionDuration: duration(maxConnectionLifetimeMs) }),
  };
  const protocol = policy.http2
    ? ({ case: "http2ProtocolOptions", value: {} } as const)
    : ({ case: "httpProtocolOptions", value: emitHeaderCase(headerCase) } as const);
  const options = pack(HttpProtocolOptionsSchema, {
    commonHttpProtocolOptions: common,
    upstreamProtocolOptions: { case: "explicitHttpConfig", value: { protocolConfig: protocol } },
  });
  return { [httpOptionsName]: options };
}
