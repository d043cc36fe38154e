/**
 * Small hand-made resources for the tests of serving: a listener on one port whose routes come by RDS, and clusters.
 */
import { createHash } from "node:crypto";
import { fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { type Encoded, type ResourceChange, type ResourceType, toBytes, typeUrls } from "#compiler";
import { envoyRegistry as registry } from "../../src/compiler/envoy/registry.ts";

/** A resource from Envoy's JSON. */
export function encode(type: ResourceType, name: string, json: JsonValue, more: Partial<Encoded> = {}): Encoded {
  const schema = registry.getMessage(typeUrls[type].replace(/^.*\//, ""));
  if (!schema) throw new Error(`no schema for ${type}`);
  const bytes = toBinary(schema, fromJson(schema, json, { registry }));
  return { type, name, version: createHash("sha1").update(bytes).digest("hex"), parts: [toBytes(bytes)], ...more };
}

/** Adds or changes resources. */
export function put(...resources: readonly Encoded[]): ResourceChange[] {
  return resources.map((resource) => ({ type: resource.type, name: resource.name, resource }));
}

const overAds: JsonValue = { ads: {}, resource_api_version: "V3" };

/** An HTTP listener on 127.0.0.1 whose routes are the resource `routes`, unless they are scoped. */
export function listener(name: string, port: number, more: { [field: string]: JsonValue } = {}): Encoded {
  const manager: JsonValue = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "ingress_http",
    ...("scoped_routes" in more ? {} : { rds: { config_source: overAds, route_config_name: name } }),
    http_filters: [
      {
        name: "envoy.filters.http.router",
        typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
      },
    ],
    ...more,
  };
  const filter: JsonValue = { name: "envoy.filters.network.http_connection_manager", typed_config: manager };
  return encode("listener", name, {
    name,
    address: { socket_address: { address: "127.0.0.1", port_value: port } },
    filter_chains: [{ filters: [filter] }],
  });
}

/** A table that answers `/` with a text, and sends `/<cluster>/` to each cluster. */
export function routes(name: string, text: string, clusters: readonly string[] = [], prefix = "/"): Encoded {
  const forwards: JsonValue[] = clusters.map((cluster) => ({ match: { prefix: `/${cluster}/` }, route: { cluster } }));
  const answer: JsonValue = { match: { prefix }, direct_response: { status: 200, body: { inline_string: text } } };
  const hosts: JsonValue = [{ name: "all", domains: ["*"], routes: [...forwards, answer] }];
  return encode("routes", name, { name, virtual_hosts: hosts }, { clusters: [clusters] });
}

/** A table that Envoy refuses: its own check of regular expressions fails. */
export function refusedRoutes(name: string): Encoded {
  const bad: JsonValue = {
    match: { safe_regex: { regex: "/(" } },
    direct_response: { status: 200, body: { inline_string: "never" } },
  };
  return encode("routes", name, { name, virtual_hosts: [{ name: "all", domains: ["*"], routes: [bad] }] });
}

/** A cluster whose endpoints come by EDS. */
export function edsCluster(name: string, more: { [field: string]: JsonValue } = {}, slow = false): Encoded {
  const json = { name, type: "EDS", eds_cluster_config: { eds_config: overAds }, connect_timeout: "1s", ...more };
  return encode("cluster", name, json, { endpoints: name, ...(slow && { slow: true }) });
}

/** A cluster that names its only endpoint itself. */
export function staticCluster(name: string, port: number, more: { [field: string]: JsonValue } = {}): Encoded {
  const json = { name, type: "STATIC", connect_timeout: "1s", load_assignment: assignment(name, port), ...more };
  return encode("cluster", name, json, { immediate: true });
}

/** The endpoints of a cluster: one port of 127.0.0.1. */
export function endpoints(name: string, port: number): Encoded {
  return encode("endpoints", name, assignment(name, port));
}

function assignment(name: string, port: number): JsonValue {
  const address: JsonValue = { socket_address: { address: "127.0.0.1", port_value: port } };
  return { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] };
}
