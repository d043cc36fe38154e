/**
 * One golden case: compiled and compared with its files, and its requests sent through a real Envoy.
 */
import { deepEqual } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { type Encoded, encodedBytes, type Settings } from "#compiler";
import { ListenerSchema } from "#gen/envoy/config/listener/v3/listener_pb.js";
import { type GoldenCase, readCase } from "./case-directory.ts";
import { type AddressOf, send } from "./client.ts";
import { compileState, compileStates, type State } from "./compile-case.ts";
import { unconsumed } from "./consumed.ts";
import type { TestEnvoy } from "./envoy.ts";
import { freePort } from "./free-port.ts";
import { forgetHttp3Sessions } from "./http3-client.ts";
import { judge } from "./judge.ts";
import { type Expand, type Inputs, inputsOf } from "./manifests.ts";
import { type Material, openMaterial } from "./material.ts";
import { checkPinned, pinnedFiles } from "./pinned.ts";
import { expandPlaceholders, fixedPorts, upstreamsIn } from "./placeholders.ts";
import { type Probe, parseProbes } from "./request-spec.ts";
import { openUpstreams, type Upstreams } from "./upstream.ts";

/** Compiles a case and compares it with its files; `update` rewrites them first. */
export function checkCompiled(name: string, update: boolean): void {
  const golden = readCase(name);
  const material = openMaterial();
  const inputs = fixedInputs(golden, material);
  const states = compileStates(inputs, golden.settings);
  checkPinned(golden, pinnedFiles(golden, states, material), update);
  const idle = inputs[0] ? unconsumed(inputs[0], golden.settings) : [];
  deepEqual(idle, golden.idle, "objects that do nothing, neither in resources nor in diagnostics");
}

/** The inputs of a case with the ports that are the same in every run. */
export function fixedInputs(golden: GoldenCase, material: Material): Inputs[] {
  const ports = fixedPorts(upstreamsIn(textsOf(golden)));
  return inputsOf(golden, (text, form) => expandPlaceholders(text, material, ports, form), golden.settings.namespace);
}

/** What requests run against, shared by all cases of a run. */
export interface Bench {
  readonly envoy: TestEnvoy;
  readonly upstreams: Upstreams;
  readonly material: Material;
}

/** A bench around an Envoy. */
export function openBench(envoy: TestEnvoy): Bench {
  const material = openMaterial();
  return { envoy, material, upstreams: openUpstreams(material) };
}

/** Serves every state of a case by Envoy and sends its requests; returns the differences, one a line. */
export async function runCase(name: string, shared: Bench, changed: Partial<Settings> = {}): Promise<string[]> {
  const read = readCase(name);
  const golden = { ...read, settings: { ...read.settings, ...changed } };
  const bench = { ...shared, material: shared.material.fork() };
  const inputs = inputsOf(golden, await liveExpand(golden, bench), golden.settings.namespace);
  return runInputs(golden, inputs, bench);
}

/** The same for inputs that were made from a case's. */
export async function runInputs(golden: GoldenCase, inputs: readonly Inputs[], bench: Bench): Promise<string[]> {
  const local = { bindAddress: "127.0.0.1", ...golden.settings };
  const ports = await freePorts(inputs.map((one) => compileState(one, local)));
  const settings: Partial<Settings> = { ...local, ports: { ...local.ports, ...ports } };
  const problems: string[] = [];
  for (const [i, one] of inputs.entries()) {
    const { resources } = compileState(one, settings);
    await bench.envoy.serve(resources);
    forgetHttp3Sessions();
    const file = i === 0 ? "requests.yaml" : `edits/${golden.edits[i - 1]?.step}.requests.yaml`;
    for (const probe of probesOf(golden, file, ports)) {
      const label = `${file}: ${probe.name ?? `${probe.request.method ?? ""} ${probe.request.url}`.trim()}`;
      const differences = await runProbe(probe, addresses(resources, ports), bench);
      problems.push(...differences.map((difference) => `${label}: ${difference}`));
    }
  }
  return problems;
}

/** Replaces placeholders with upstreams that are started for it. */
export async function liveExpand(golden: GoldenCase, bench: Bench): Promise<Expand> {
  const ports = new Map<string, number>();
  for (const upstream of upstreamsIn(textsOf(golden))) ports.set(upstream.name, await bench.upstreams.open(upstream));
  return (text, form) => expandPlaceholders(text, bench.material, ({ name }) => ports.get(name) ?? 0, form);
}

function probesOf(golden: GoldenCase, file: string, ports: Readonly<Record<string, number>>): Probe[] {
  const path = join(golden.directory, file);
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8").replaceAll(/\$\{PORT:(\d+)\}/g, (_, port: string) =>
    String(ports[port] ?? port),
  );
  return parseProbes(text, file);
}

const parallel = 20;

async function runProbe(probe: Probe, addressOf: AddressOf, bench: Bench): Promise<string[]> {
  bench.upstreams.take();
  const seen = [];
  for (let left = probe.request.times ?? 1; left > 0; left -= parallel) {
    const batch = Array.from({ length: Math.min(left, parallel) }, () =>
      send(probe.request, addressOf, bench.material),
    );
    seen.push(...(await Promise.all(batch)));
  }
  if (probe.expect.await !== undefined) await bench.upstreams.received(probe.expect.await);
  return judge(probe.expect, seen, bench.upstreams.take());
}

function textsOf(golden: GoldenCase): string[] {
  const edits = golden.edits.flatMap(({ apply, remove, consul }) => [...apply, ...remove, consul]);
  return [golden.input, golden.lastGood, golden.consul, ...edits].flatMap((file) => file?.text ?? []);
}

/** A free port for every port that some state listens on. */
async function freePorts(states: readonly State[]): Promise<Record<string, number>> {
  const ports: Record<string, number> = {};
  for (const { port } of states.flatMap((state) => listenAddresses(state.resources))) ports[port] ??= await freePort();
  return ports;
}

function addresses(resources: readonly Encoded[], ports: Readonly<Record<string, number>>): AddressOf {
  const bound = new Map(listenAddresses(resources).map(({ host, port }) => [port, host]));
  return (wanted) => {
    const port = ports[wanted];
    const host = port === undefined ? undefined : bound.get(port);
    return port === undefined || host === undefined ? undefined : { host, port };
  };
}

function listenAddresses(resources: readonly Encoded[]): { readonly host: string; readonly port: number }[] {
  return resources.flatMap((resource) => {
    if (resource.type !== "listener") return [];
    const address = fromBinary(ListenerSchema, encodedBytes(resource)).address?.address;
    if (address?.case !== "socketAddress" || address.value.portSpecifier.case !== "portValue") return [];
    const host = address.value.address === "0.0.0.0" ? "127.0.0.1" : address.value.address;
    return [{ host, port: address.value.portSpecifier.value }];
  });
}
