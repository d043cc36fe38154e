/**
 * Many Envoys on one control plane: 200 simulated ones over mutual TLS and two real ones. What each costs in memory, how
 * long an edit takes until the last has it, and what processor time that takes for each of them. `MAPPINGS`, `SERVICES` and
 * `ENVOYS` say how many.
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openLog } from "#base/log.ts";
import { readTlsFiles } from "#base/tls-files.ts";
import { defaultSettings, openCompiler, type ResourceType } from "#compiler";
import { serveXds, type XdsServer } from "../../src/control/xds/server.ts";
import { bootstrap } from "../../src/keeper/bootstrap.ts";
import { obtainEnvoy } from "../../src/keeper/envoy-binary.ts";
import { startEnvoyProcess } from "../../src/keeper/envoy-process.ts";
import { freePort } from "../envoy/free-port.ts";
import { authority, writeTls } from "../processes/tls-material.ts";
import type { Crowd } from "./clients/crowd.ts";
import { printHead, recordSamples } from "./figures.ts";
import { generate, mapping, mappingKey, type Shape } from "./generate.ts";

const given = (name: string, usual: number) => Number(process.env[name] ?? usual);
const shape: Shape = {
  mappings: given("MAPPINGS", 1000),
  hosts: 100,
  bound: true,
  services: given("SERVICES", 200),
  cleartext: true,
};
const [simulated, real, edits] = [given("ENVOYS", 200), 2, 50];
const node = "edge.example";
const log = openLog({ source: "bench", level: "error" });

const base = await mkdtemp(join(tmpdir(), "dragoman-bench-"));
try {
  printHead();
  for (const routeTables of ["table", "scoped"] as const) await measure(routeTables);
} finally {
  await rm(base, { recursive: true, force: true });
}

async function measure(routeTables: "table" | "scoped"): Promise<void> {
  const authorityOfBench = authority("bench");
  const paths = await writeTls(join(base, "server"), authorityOfBench, ["127.0.0.1"]);
  const files = await writeTls(join(base, "client"), authorityOfBench, [node]);
  const remote = { address: `127.0.0.1:${await freePort()}`, paths, texts: await readTlsFiles(paths), log };
  const socketPath = join(base, "xds.sock");
  const xds = await serveXds({ socketPath, remote, hasOwnEnvoy: false });
  const ports = { 8080: await freePort() };
  const compiler = openCompiler({ ...defaultSettings, routeTables, bindAddress: "127.0.0.1", ports });
  compiler.apply(generate(shape).map(([key, value]) => ({ kind: "object", key, value })));
  xds.update(compiler.commit().resources);
  xds.open();
  const names = namesIn(xds);
  const enlarge = (count: number) => crowd.send({ address: remote.address, count, node, files, names } satisfies Crowd);

  const envoys = await Promise.all(Array.from({ length: real }, (_, i) => startEnvoy(i, socketPath)));
  const crowd = fork(new URL("clients/crowd.ts", import.meta.url).pathname);
  try {
    await connected(xds, real);
    // A first few, so that what all share is there already.
    enlarge(4);
    await connected(xds, real + 4);
    const before = memory();
    enlarge(simulated - 4);
    await connected(xds, real + simulated);
    const after = memory();
    const each = (one: keyof typeof after) => (after[one] - before[one]) / (simulated - 4) / 1024;
    const served: number[] = [];
    const processor: number[] = [];
    const sent: number[] = [];
    for (let edit = 1; edit <= edits; edit++) {
      const i = (edit * 7) % shape.mappings;
      compiler.apply([{ kind: "object", key: mappingKey(i), value: mapping(shape, i, edit) }]);
      const { resources } = compiler.commit();
      const [cpu, start, bytes] = [process.cpuUsage(), performance.now(), xds.statistics().bytes];
      await xds.whenAcknowledged(xds.update(resources));
      served.push(performance.now() - start);
      const { user, system } = process.cpuUsage(cpu);
      processor.push((user + system) / (simulated + real));
      sent.push((xds.statistics().bytes - bytes) / (simulated + real));
      await pause(20);
    }
    const what = `${shape.mappings} Mappings, ${routeTables}, ${simulated} simulated Envoys and ${real} real ones`;
    recordSamples(`memory held for each Envoy, ${what}`, simulated, "KiB", [each("held")]);
    recordSamples(`resident memory for each Envoy, ${what}`, simulated, "KiB", [each("resident")]);
    recordSamples(`one edit → the last has it, ${what}`, simulated, "ms", served);
    recordSamples(`processor time for each Envoy and edit, ${what}`, simulated, "us", processor);
    recordSamples(`sent to each Envoy for an edit, ${what}`, simulated, "B", sent);
  } finally {
    crowd.kill();
    for (const envoy of envoys) envoy.kill("SIGKILL");
    await xds.close();
  }
}

/** What Envoy would learn from clusters and listeners. */
function namesIn({ snapshot }: XdsServer): Crowd["names"] {
  const types: readonly ResourceType[] = ["endpoints", "extension", "routes"];
  const names = types.map((type) => [type, [...snapshot.names(type)]] as const);
  return { ...Object.fromEntries(names), ...(snapshot.size("scope") > 0 && { scope: ["*"] }) };
}

async function startEnvoy(i: number, xdsSocket: string): Promise<ChildProcess> {
  const bootstrapFile = join(base, `envoy-${i}.json`);
  const identity = { nodeId: `real-${i}`, nodeCluster: "bench", version: "0" };
  const sockets = { xdsSocket, adminSocket: join(base, `admin-${i}.sock`) };
  await writeFile(bootstrapFile, JSON.stringify(bootstrap({ ...identity, ...sockets })));
  const { path: binary } = await obtainEnvoy();
  return startEnvoyProcess({ binary, bootstrapFile, concurrency: 1 }, log, "ignore");
}

/** Waits until so many Envoys have everything. */
async function connected(xds: XdsServer, count: number): Promise<void> {
  const isThere = ({ acknowledged }: { readonly acknowledged: number }) => acknowledged === xds.snapshot.number;
  while (xds.envoys().filter(isThere).length < count) await pause(20);
}

/** In bytes, after a collection of garbage. */
function memory(): { readonly held: number; readonly resident: number } {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { held: heapUsed + external, resident: rss };
}
