/**
 * What unused filter slots cost a request: worker CPU of one Envoy for a direct response, by four listeners that
 * differ in their filters alone, asked in turn. Prints figures; asserts nothing.
 */
import { fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { compile, defaultSettings, type Encoded, toBytes, type typeUrls } from "#compiler";
import { ListenerSchema } from "#gen/envoy/config/listener/v3/listener_pb.js";
import { RouteConfigurationSchema } from "#gen/envoy/config/route/v3/route_pb.js";
import { envoyRegistry as registry } from "../../src/compiler/envoy/registry.ts";
import { policies } from "../../src/compiler/policies/index.ts";
import { startEnvoy } from "../envoy/envoy.ts";
import { freePort } from "../envoy/free-port.ts";
import { resourceJson } from "../envoy/resources-yaml.ts";
import { rawResource } from "../raw-object.ts";
import { printHead, recordSamples } from "./figures.ts";
import { workerTime } from "./worker-load.ts";

const runs = 9;
const requestsPerRun = 20_000;

type Json = { [key: string]: JsonValue };
/** The filters before the router, made from the slots that the product emits. */
type Variant = (slots: readonly Json[]) => readonly Json[];

const variants: Readonly<Record<string, Variant>> = {
  "router only": () => [],
  "slots, all no-ops": (slots) => slots,
  "as many no-ops without ECDS": (slots) => slots.map(({ name }) => ({ name: name ?? "", typed_config: noOp })),
  "real filters, disabled": (slots) =>
    slots.map(({ name }) => ({ name: name ?? "", disabled: true, typed_config: real[String(name)] ?? noOp })),
};

const type = (name: string): string => `type.googleapis.com/envoy.extensions.filters.http.${name}`;
const noOp = { "@type": type("filter_chain.v3.FilterChainConfig") };
const real: Readonly<Record<string, Json>> = {
  "envoy.filters.http.grpc_http1_bridge": { "@type": type("grpc_http1_bridge.v3.Config") },
  "envoy.filters.http.grpc_web": { "@type": type("grpc_web.v3.GrpcWeb") },
  "envoy.filters.http.grpc_stats": { "@type": type("grpc_stats.v3.FilterConfig"), stats_for_all_methods: false },
  "envoy.filters.http.lua": { "@type": type("lua.v3.Lua") },
  "envoy.filters.http.buffer": { "@type": type("buffer.v3.Buffer"), max_request_bytes: 1000 },
  "envoy.filters.http.rbac": { "@type": type("rbac.v3.RBAC") },
};

const envoy = await startEnvoy();
try {
  const ports = new Map<string, number>();
  for (const name of Object.keys(variants)) ports.set(name, await freePort());
  await envoy.serve(resources(ports));
  const samples = new Map<string, number[]>([...ports.keys()].map((name) => [name, []]));
  for (let run = -1; run < runs; run++) {
    for (const [name, port] of ports) {
      const time = await workerTime(envoy.pid, requestsPerRun, { port, host: "bench.test" });
      // The first round warms up.
      if (run >= 0) samples.get(name)?.push(time);
    }
  }
  printHead();
  for (const [name, of] of samples) recordSamples(`worker CPU per request, ${name}`, policies.length, "us", of);
} finally {
  await envoy.close();
}

/** A listener per variant from the one that the product emits, and its slots. */
function resources(ports: ReadonlyMap<string, number>): readonly Encoded[] {
  const mapping = rawResource("Mapping", "v2", { prefix: "/", service: "127.0.0.1:1" }, { name: "x" });
  const compiled = compile([["x", mapping]], { settings: defaultSettings }).resources;
  const listener = compiled.find((one) => one.type === "listener");
  if (!listener) throw new Error("nothing listens");
  const made = [...ports].map(([name, port]) => variantOf(listener, name, port));
  return [...compiled.filter((one) => one !== listener), ...made, routes()];
}

function variantOf(listener: Encoded, name: string, port: number): Encoded {
  const json = resourceJson(listener) as Json;
  const [chain] = json["filter_chains"] as [{ filters: [{ typed_config: Json }] }];
  const manager = chain.filters[0].typed_config;
  const filters = manager["http_filters"] as Json[];
  manager["http_filters"] = [...(variants[name]?.(filters.slice(0, -1)) ?? []), ...filters.slice(-1)];
  manager["rds"] = { ...(manager["rds"] as Json), route_config_name: "direct" };
  manager["access_log"] = [];
  const address = { socket_address: { address: "127.0.0.1", port_value: port } };
  const message = fromJson(ListenerSchema, { ...json, name, address }, { registry });
  return encoded("listener", name, toBinary(ListenerSchema, message));
}

function routes(): Encoded {
  const direct = { match: { prefix: "/" }, direct_response: { status: 200, body: { inline_string: "ok" } } };
  const json = { name: "direct", virtual_hosts: [{ name: "all", domains: ["*"], routes: [direct] }] };
  return encoded("routes", "direct", toBinary(RouteConfigurationSchema, fromJson(RouteConfigurationSchema, json)));
}

function encoded(kind: keyof typeof typeUrls, name: string, bytes: Uint8Array): Encoded {
  return { type: kind, name, version: Buffer.from(bytes).toString("base64"), parts: [toBytes(bytes)] };
}
