/**
 * What everything that is installed and unused costs a proxied request: worker CPU of one Envoy for each layout of
 * tables, asked in turn through the product's own listener and through the same one with the router alone. In many short
 * rounds: a shared machine takes twice as long for the same thing from one second to the next, and this way for both.
 * `ROUNDS=20` measures less.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import {
  compile,
  defaultSettings,
  type Encoded,
  encodedBytes,
  type RawObject,
  type Settings,
  toBytes,
} from "#compiler";
import { AddressSchema } from "#gen/envoy/config/core/v3/address_pb.js";
import { type Listener, ListenerSchema } from "#gen/envoy/config/listener/v3/listener_pb.js";
import {
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
} from "#gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import { startEnvoy } from "../envoy/envoy.ts";
import { freePort } from "../envoy/free-port.ts";
import { rawResource } from "../raw-object.ts";
import { printHead, recordSamples } from "./figures.ts";
import { type Load, workerTime } from "./worker-load.ts";

const rounds = Number(process.env["ROUNDS"] ?? 100);
const requests = 480;
const layouts: readonly NonNullable<Settings["routeTables"]>[] = ["table", "scoped", "pathed"];
const hosts = { "exact host": "bench.test", "wildcard host": "any.wild.test" };

const upstream = createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1");
await once(upstream, "listening");
const { port: upstreamPort } = upstream.address() as AddressInfo;

printHead("the router alone");
try {
  for (const routeTables of layouts) await measure(routeTables);
} finally {
  upstream.close();
  upstream.closeAllConnections();
}

async function measure(routeTables: NonNullable<Settings["routeTables"]>): Promise<void> {
  const [port, barePort] = [await freePort(), await freePort()];
  const settings: Settings = { ...defaultSettings, bindAddress: "127.0.0.1", ports: { 8080: port } };
  const product = compile(objects(), { settings: { ...settings, routeTables } }).resources;
  const plain = compile(objects(), { settings }).resources;
  const slots = product.filter(({ type }) => type === "extension").length;
  const bare = plain.flatMap((one) => (one.type === "listener" ? [routerAlone(one, barePort)] : []));
  const tables = plain.filter(({ type }) => type === "routes" && routeTables !== "table");
  const envoy = await startEnvoy();
  try {
    await envoy.serve([...product, ...bare, ...tables]);
    for (const [what, host] of Object.entries(hosts)) {
      const [ours, alone] = await inTurn(envoy.pid, { port, host }, { port: barePort, host });
      recordSamples(`worker CPU per proxied request, ${routeTables}, ${what}`, slots, "us", ours, alone);
    }
  } finally {
    await envoy.close();
  }
}

async function inTurn(pid: number, one: Load, other: Load): Promise<readonly [readonly number[], readonly number[]]> {
  const [first, second]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const times = [await workerTime(pid, requests, one), await workerTime(pid, requests, other)] as const;
    // The first round warms up.
    if (round === 0) continue;
    first.push(times[0]);
    second.push(times[1]);
  }
  return [first, second];
}

function objects(): readonly (readonly [string, RawObject])[] {
  const insecure = { requestPolicy: { insecure: { action: "Route" } } };
  const service = `127.0.0.1:${upstreamPort}`;
  const binding = { hostBinding: { namespace: { from: "ALL" } } };
  const listener = { port: 8080, protocol: "HTTP", securityModel: "XFP", ...binding };
  const of = (kind: string, name: string, spec: object): RawObject => rawResource(kind, "v3alpha1", spec, { name });
  const named = (name: string, hostname: string) => [
    of("Host", name, { hostname, ...insecure }),
    of("Mapping", name, { hostname, prefix: "/", service }),
  ];
  const all = [of("Listener", "l", listener), ...named("exact", "bench.test"), ...named("wild", "*.wild.test")];
  return all.map((object) => [`${object.ref.kind} ${object.ref.name}`, object]);
}

/** A listener on a port of its own, without any filter but the router. */
function routerAlone(listener: Encoded, port: number): Encoded {
  const message: Listener = fromBinary(ListenerSchema, encodedBytes(listener));
  const address = { case: "socketAddress", value: { address: "127.0.0.1", portSpecifier: portOf(port) } } as const;
  message.name = "alone";
  message.address = create(AddressSchema, { address });
  for (const filter of message.filterChains.flatMap(({ filters }) => filters)) {
    const { value } = filter.configType;
    const manager: HttpConnectionManager | undefined =
      value && "typeUrl" in value ? anyUnpack(value, HttpConnectionManagerSchema) : undefined;
    if (!manager) continue;
    manager.httpFilters = manager.httpFilters.slice(-1);
    filter.configType = { case: "typedConfig", value: anyPack(HttpConnectionManagerSchema, manager) };
  }
  const bytes = toBinary(ListenerSchema, message);
  return { type: "listener", name: "alone", version: `alone ${listener.version}`, parts: [toBytes(bytes)] };
}

function portOf(port: number) {
  return { case: "portValue", value: port } as const;
}
