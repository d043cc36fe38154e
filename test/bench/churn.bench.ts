/**
 * Endpoints that change all the time: 200 changes a second among 10,000 Mappings, from the changed file to the response
 * that has it at an Envoy's end of the stream; and how many other resources were sent meanwhile. `SECONDS=300` is the
 * whole of it.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { defaultSettings, openCompiler, type RawObject } from "#compiler";
import { type DeltaClient, openDeltaClient } from "../processes/delta-client.ts";
import { printHead, recordSamples } from "./figures.ts";
import { generate, type Shape } from "./generate.ts";
import { fileOf, textOf, writeStill } from "./manifests.ts";
import { numbers } from "./random.ts";

const shape: Shape = { mappings: 10_000, hosts: 200, bound: true, services: 2000, cleartext: true };
const seconds = Number(process.env["SECONDS"] ?? 20);
const perSecond = 200;

const base = await mkdtemp(join(tmpdir(), "dragoman-churn-"));
const [manifests, aside, runtime] = [join(base, "manifests"), join(base, "aside"), join(base, "runtime")];
for (const directory of [manifests, aside, runtime]) await mkdir(directory);
const objects = generate(shape);
const slices = objects.flatMap(([, object]) => (object.ref.kind === "EndpointSlice" ? [object] : []));
for (const one of slices) await writeFile(join(manifests, fileOf(one)), textOf(one));
await writeStill(
  manifests,
  objects.flatMap(([, object]) => (object.ref.kind === "EndpointSlice" ? [] : [object])),
);
const control = fork(new URL("control-child.ts", import.meta.url).pathname, [manifests, runtime]);
const client = await connected();
try {
  printHead();
  await churn();
} finally {
  client.close();
  control.disconnect();
  await rm(base, { recursive: true, force: true });
}

/** A client that has everything. */
async function connected(): Promise<DeltaClient> {
  const ready = once(control, "message");
  // As a run with so many routes chooses.
  const compiler = openCompiler({ ...defaultSettings, bindAddress: "127.0.0.1", routeTables: "scoped" });
  compiler.apply(objects.map(([key, value]) => ({ kind: "object", key, value })));
  compiler.commit();
  const client = openDeltaClient(join(runtime, "xds.sock"));
  client.subscribe("scope", ["*"]);
  for (const type of ["endpoints", "secret", "extension"] as const)
    client.subscribe(
      type,
      [...compiler.resources(type)].map(({ name }) => name),
    );
  await ready;
  await pause(1000);
  client.take();
  return client;
}

async function churn(): Promise<void> {
  const random = numbers(1);
  const waiting = new Map<string, number>();
  const staleness: number[] = [];
  let others = 0;
  let late = 0;
  const collect = (): void => {
    const now = performance.now();
    for (const { type, names } of client.take()) {
      if (type !== "endpoints") others += names.length;
      for (const name of names) {
        const since = waiting.get(name);
        if (since !== undefined) staleness.push(now - since);
        waiting.delete(name);
      }
    }
  };
  const start = performance.now();
  for (let change = 0; change < seconds * perSecond; change++) {
    const due = start + (change * 1000) / perSecond;
    while (performance.now() < due) {
      await pause(1);
      collect();
    }
    late = Math.max(late, performance.now() - due);
    const i = random(slices.length);
    const name = `default/service-${i}:8080`;
    const one = moved(slices[i] as RawObject, change);
    await writeFile(join(aside, fileOf(one)), textOf(one));
    // The oldest change that is not there yet counts.
    if (!waiting.has(name)) waiting.set(name, performance.now());
    await rename(join(aside, fileOf(one)), join(manifests, fileOf(one)));
    collect();
  }
  for (const end = performance.now() + 5000; waiting.size > 0 && performance.now() < end; await pause(1)) collect();
  const rate = `${perSecond} changes of endpoints a second`;
  recordSamples(`endpoint changed → sent, ${rate}`, shape.mappings, "ms", staleness);
  recordSamples(`changes never sent, ${rate}`, shape.mappings, "", [waiting.size]);
  recordSamples(`other resources sent, ${rate}`, shape.mappings, "", [others]);
  recordSamples(`most that a change was late itself, ${rate}`, shape.mappings, "ms", [late]);
}

function moved(slice: RawObject, change: number): RawObject {
  const address = `10.${1 + (change >> 16)}.${(change >> 8) & 255}.${change & 255}`;
  return { ...slice, body: { ...slice.body, endpoints: [{ addresses: [address], conditions: { ready: true } }] } };
}
