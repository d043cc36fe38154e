/**
 * A cold start on files: 10,000 Mappings with a Service and a slice each, from the start of the program until Envoy
 * serves all of them; in turn with it Envoy's own share, the same resources from a do-nothing control plane, with tables
 * in the cheapest layout, from the start of Envoy. And what the control process holds then and held at most.
 * `SIZE=1000 STARTS=1` measures less.
 */
import { setTimeout as pause } from "node:timers/promises";
import { defaultSettings, openCompiler } from "#compiler";
import { freePort } from "../envoy/free-port.ts";
import { printHead, recordSamples } from "./figures.ts";
import { startFloor } from "./floor/start.ts";
import { generate, mappingKey, type Shape } from "./generate.ts";
import { startInstance } from "./instance.ts";
import { probe, question } from "./layouts.ts";
import { openPoller } from "./poller.ts";

const size = Number(process.env["SIZE"] ?? 10_000);
const starts = Number(process.env["STARTS"] ?? 3);
const concurrency = 2;
const atRestMs = 10_000;
const mebibyte = 2 ** 20;

const shape: Shape = { mappings: size, hosts: 200, bound: true, services: size, cleartext: true };
// The last Mapping tells that everything is there; a table waits for its clusters.
const last = size - 1;
const objects = generate(shape).map(
  ([key, object]) => [key, key === mappingKey(last) ? probe(shape, last, 0) : object] as const,
);

const own: number[] = [];
const share: number[] = [];
const rest: number[] = [];
const peak: number[] = [];
for (let start = 0; start < starts; start++) {
  await startOwn();
  await startShare();
}
printHead("Envoy's own share");
const name = `${size} Mappings with their own clusters, files`;
recordSamples(`start → serving, ${name}`, size, "ms", own, share);
recordSamples(`RSS of control at rest, ${name}`, size, "MiB", rest);
recordSamples(`largest RSS of control, ${name}`, size, "MiB", peak);

async function startOwn(): Promise<void> {
  const port = await freePort();
  const still = objects.map(([, object]) => object);
  const instance = await startInstance([], { port, concurrency, still });
  const poller = await openPoller(port);
  try {
    own.push(Number((await poller.until(...question(shape, last, 0))) - instance.begun) / 1e6);
    await pause(atRestMs);
    const { now, most } = instance.control.resident();
    rest.push(now / mebibyte);
    peak.push(most / mebibyte);
  } finally {
    poller.close();
    await instance.close();
  }
}

async function startShare(): Promise<void> {
  const port = await freePort();
  const settings = { ...defaultSettings, bindAddress: "127.0.0.1", ports: { 8080: port } };
  const compiler = openCompiler({ ...settings, routeTables: "scoped" });
  compiler.apply(objects.map(([key, value]) => ({ kind: "object", key, value })));
  const floor = await startFloor(
    compiler.commit().resources.flatMap(({ resource }) => resource ?? []),
    concurrency,
  );
  const poller = await openPoller(port);
  try {
    share.push(Number((await poller.until(...question(shape, last, 0))) - floor.begun) / 1e6);
  } finally {
    poller.close();
    await floor.close();
  }
}
