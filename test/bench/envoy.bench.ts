/**
 * Envoy's own side: from its start until it is ready with everything, and the memory that it takes for each Host and for
 * each Mapping with a cluster of its own. The configuration is compiled before, so that only Envoy is measured. With
 * `STATS=all` all of its statistics are kept.
 */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openLog } from "#base/log.ts";
import { type Compiler, defaultSettings, openCompiler } from "#compiler";
import { serveXds } from "../../src/control/xds/server.ts";
import { openAdminClient } from "../../src/keeper/admin-client.ts";
import { bootstrap } from "../../src/keeper/bootstrap.ts";
import { obtainEnvoy } from "../../src/keeper/envoy-binary.ts";
import { startEnvoyProcess } from "../../src/keeper/envoy-process.ts";
import { freePort } from "../envoy/free-port.ts";
import { processOf } from "../process.ts";
import { printHead, recordSamples } from "./figures.ts";
import { generate, type Shape } from "./generate.ts";

const rounds = 3;
const [few, many] = [1000, 5000];
const isAll = process.env["STATS"] === "all";
const kept = isAll ? ", all statistics" : "";
const log = openLog({ source: "bench", level: "error" });
const { path: binary } = await obtainEnvoy();

printHead();
for (const routeTables of ["table", "scoped"] as const) {
  const own = (mappings: number): Shape => ({ mappings, hosts: 100, bound: true, cleartext: true });
  const hosts = (count: number): Shape => ({
    mappings: count,
    hosts: count,
    bound: true,
    services: 1,
    cleartext: true,
  });
  const mappings = await compare(own, routeTables);
  const perHost = await compare(hosts, routeTables);
  const what = (n: number) => `${n} Mappings with clusters of their own, ${routeTables}${kept}`;
  recordSamples(`start of Envoy, ${what(many)}`, many, "ms", mappings.started);
  recordSamples(`RSS of Envoy, ${what(many)}`, many, "MiB", mappings.resident);
  recordSamples(`RSS of Envoy for each, ${what(many)}`, many, "KiB", mappings.each);
  recordSamples(`RSS of Envoy for each Host with one Mapping, ${routeTables}${kept}`, many, "KiB", perHost.each);
}

/** The larger of two configurations, and what each of the objects costs that it has more. */
async function compare(shape: (count: number) => Shape, routeTables: "table" | "scoped") {
  const [started, resident, each]: [number[], number[], number[]] = [[], [], []];
  const compilers = [await compiled(shape(few), routeTables), await compiled(shape(many), routeTables)];
  for (let round = 0; round < rounds; round++) {
    const [less, more] = [await measure(compilers[0]), await measure(compilers[1])];
    started.push(more.ms);
    resident.push(more.bytes / 2 ** 20);
    each.push((more.bytes - less.bytes) / (many - few) / 1024);
  }
  return { started, resident, each };
}

async function compiled(shape: Shape, routeTables: "table" | "scoped"): Promise<Compiler> {
  const ports = { 8080: await freePort() };
  const compiler = openCompiler({ ...defaultSettings, routeTables, bindAddress: "127.0.0.1", ports });
  compiler.apply(generate(shape).map(([key, value]) => ({ kind: "object", key, value })));
  compiler.commit();
  return compiler;
}

async function measure(compiler: Compiler | undefined): Promise<{ readonly ms: number; readonly bytes: number }> {
  if (!compiler) throw new Error("nothing is compiled");
  const base = await mkdtemp(join(tmpdir(), "dragoman-bench-"));
  const [xdsSocket, adminSocket, bootstrapFile] = ["xds.sock", "admin.sock", "envoy.json"].map((one) =>
    join(base, one),
  );
  const xds = await serveXds({ socketPath: xdsSocket ?? "" });
  const types = ["cluster", "endpoints", "extension", "secret", "listener", "routes", "scope"] as const;
  xds.update(
    types.flatMap((type) => [...compiler.resources(type)].map((resource) => ({ type, name: resource.name, resource }))),
  );
  xds.open();
  const sockets = { xdsSocket: xdsSocket ?? "", adminSocket: adminSocket ?? "" };
  const identity = { nodeId: "bench", nodeCluster: "bench", version: "0", ...(isAll && { keptStats: "all" as const }) };
  await writeFile(bootstrapFile ?? "", JSON.stringify(bootstrap({ ...identity, ...sockets })));
  const admin = openAdminClient(adminSocket ?? "");
  const start = performance.now();
  const envoy = startEnvoyProcess({ binary, bootstrapFile: bootstrapFile ?? "", concurrency: 2 }, log, "ignore");
  while (!(await admin.isReady())) await pause(5);
  const ms = performance.now() - start;
  await xds.whenAcknowledged(1);
  const bytes = processOf(envoy.pid ?? 0).resident().now;
  const exited = once(envoy, "exit");
  envoy.kill("SIGKILL");
  await exited;
  await xds.close();
  await rm(base, { recursive: true });
  return { ms, bytes };
}
