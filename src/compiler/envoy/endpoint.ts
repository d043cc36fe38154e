/** EMIT of endpoints: the ClusterLoadAssignment of one Service port. */
import { ClusterLoadAssignmentSchema } from "#gen/envoy/config/endpoint/v3/endpoint_pb.js";
import type { Encoded } from "../ir/encoded.ts";
import type { Endpoints } from "../ir/endpoints.ts";
import { encode, versionOf } from "./bytes.ts";
import { emitEndpoint } from "./cluster.ts";

/** Encodes the endpoints of one Service port; an empty list makes requests to it answer 503. */
export function emitEndpoints(endpoints: Endpoints): Encoded {
  const lbEndpoints = endpoints.endpoints.map((endpoint) => emitEndpoint(endpoint.address, endpoint.port));
  const bytes = encode(ClusterLoadAssignmentSchema, { clusterName: endpoints.name, endpoints: [{ lbEndpoints }] });
  return { type: "endpoints", name: endpoints.name, version: versionOf([bytes]), parts: [bytes] };
}
