/**
 * SHAPE `table`: all virtual hosts of a table in one RouteConfiguration.
 * Its parts are the virtual hosts' own bytes, and its version is made of theirs, so one edit neither copies nor
 * hashes the others.
 */
import { RouteConfigurationSchema } from "#gen/envoy/config/route/v3/route_pb.js";
import type { Encoded } from "../../ir/encoded.ts";
import { contentVersion, encode, versionOf } from "../bytes.ts";
import type { EncodedVirtualHost } from "../virtual-host.ts";

/** Packs virtual hosts, in the order given, into the route table `name`. */
export function shapeTable(name: string, hosts: readonly EncodedVirtualHost[], portsMatter: boolean): Encoded {
  const head = encode(RouteConfigurationSchema, { name, ignorePortInHostMatching: !portsMatter });
  return {
    type: "routes",
    name,
    version: contentVersion([versionOf([head]), ...hosts.map((host) => host.version)].join()),
    parts: [head, ...hosts.flatMap((host) => host.parts)],
    clusters: hosts.map((host) => host.clusters),
  };
}
