/**
 * A cluster's configuration of 1,000 and of 10,000 Mappings, each with a Service and a slice, in a real API server: how
 * long a start takes, what the control process holds, and from an object that the API server has taken to an answer
 * that shows it. In turn with each edit of a Mapping, the same bytes go from a do-nothing control plane to another
 * Envoy. `SHAPE=1000` measures one of the sizes.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { defaultSettings, openCompiler, type RawObject } from "#compiler";
import { type Client, openClient } from "../../src/control/kube/client.ts";
import { kubeconfigAccess } from "../../src/control/kube/kubeconfig.ts";
import { collectionPath, objectPath } from "../../src/control/kube/resource.ts";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { lendAddress } from "../kube/addresses.ts";
import { startCluster } from "../kube/cluster.ts";
import { processOf } from "../process.ts";
import { printHead, recordSamples } from "./figures.ts";
import { startFloor } from "./floor/start.ts";
import { generate, hostname, mapping, type Shape } from "./generate.ts";
import { openPoller } from "./poller.ts";
import { numbers } from "./random.ts";

const sizes = [1000, 10_000].filter((size) => String(size).startsWith(process.env["SHAPE"] ?? ""));
const edits = Number(process.env["EDITS"] ?? 200);
const unmeasured = 10;
const parallel = 16;
const crds = new URL("../../charts/dragoman/crds", import.meta.url).pathname;

const plurals: Readonly<Record<string, string>> = {
  Listener: "listeners",
  Host: "hosts",
  Mapping: "mappings",
  Service: "services",
  EndpointSlice: "endpointslices",
};

printHead("Envoy's own share");
for (const size of sizes) await measure({ mappings: size, hosts: 100, bound: true, services: size, cleartext: true });

async function measure(shape: Shape): Promise<void> {
  const name = `${shape.mappings} Mappings in an API server`;
  const cluster = await startCluster();
  const client = openClient(await kubeconfigAccess({ file: cluster.kubeconfig, env: {} }));
  await cluster.kubectl(["apply", "--server-side", "-f", crds]);
  await cluster.kubectl(["wait", "--for=condition=Established", "crd", "--all"]);
  const objects = objectsOf(shape);
  await loadAll(client, objects);
  const [ownPort, floorPort] = [await freePort(), await freePort()];
  const starts: number[] = [];
  let gateway: Program | undefined;
  for (let start = 0; start < 3; start++) {
    await gateway?.interrupt();
    const begun = performance.now();
    gateway = startProgram(
      ["run", "--kubeconfig", cluster.kubeconfig, "--port", `8080:${ownPort}`, "--log-level=error"],
      {
        env: { ...process.env, ENVOY_CONCURRENCY: "2", AMBASSADOR_ENVOY_BIND_ADDRESS: "127.0.0.1" },
      },
    );
    await gateway.line(/^ready/);
    starts.push(performance.now() - begun);
  }
  recordSamples(`start → serving, ${name}`, shape.mappings, "ms", starts);
  await pause(10_000);
  const control = processOf(gateway?.pid(/ control /) ?? 0);
  recordSamples(`RSS of control at rest, ${name}`, shape.mappings, "MiB", [control.resident().now / 2 ** 20]);

  const compiler = openCompiler({ ...defaultSettings, bindAddress: "127.0.0.1", ports: { 8080: floorPort } });
  compiler.apply(objects.map((value) => ({ kind: "object", key: keyOf(value), value })));
  const floor = await startFloor(
    compiler.commit().resources.flatMap(({ resource }) => resource ?? []),
    2,
  );
  const [own, other] = [await openPoller(ownPort), await openPoller(floorPort)];
  const random = numbers(1);
  const served: number[] = [];
  const share: number[] = [];
  const processor: number[] = [];
  for (let edit = 1 - unmeasured; edit <= edits; edit++) {
    const i = random(shape.hosts);
    const changed = probe(shape, i, edit + unmeasured);
    const asks = [hostname(i), `/service-${i}/`, `location: http://edit-${edit + unmeasured}.example.com/`] as const;
    const before = control.processorMs();
    const answered = own.until(...asks);
    await put(client, changed);
    const taken = process.hrtime.bigint();
    const mine = milliseconds(taken, await answered);
    await pause(settle(random));
    const used = control.processorMs() - before;
    compiler.apply([{ kind: "object", key: keyOf(changed), value: changed }]);
    await floor.prepare(compiler.commit().resources.flatMap(({ resource }) => resource ?? []));
    await pause(settle(random));
    const theirs = milliseconds(await floor.send(), await other.until(...asks));
    await pause(settle(random));
    if (edit < 1) continue;
    served.push(mine);
    share.push(theirs);
    processor.push(used);
  }
  recordSamples(`one Mapping applied → served, ${name}`, shape.mappings, "ms", served, share);
  recordSamples(`processor time of control for it, ${name}`, shape.mappings, "ms", processor);
  recordSamples(
    `one endpoint moved → traffic there, ${name}`,
    shape.mappings,
    "ms",
    await moveEndpoints(shape, client, own),
  );
  for (const poller of [own, other]) poller.close();
  await floor.close();
  await gateway?.interrupt();
  await client.close();
  await cluster.stop();
}

/** Mapping `i` as a redirect that says which edit it is of. */
function probe(shape: Shape, i: number, edit: number): RawObject {
  const raw = mapping(shape, i);
  const { prefix, host } = (raw.body as { spec: { prefix: string; host: string } }).spec;
  return { ...raw, body: { spec: { prefix, host, host_redirect: true, service: `edit-${edit}.example.com` } } };
}

/** Cluster addresses are allocated slowly, so that all but the first Services are headless. */
function objectsOf(shape: Shape): readonly RawObject[] {
  return generate(shape).map(([, object], index) => {
    if (object.ref.kind === "Mapping" && Number(object.ref.name.slice("mapping-".length)) < shape.hosts) {
      return probe(shape, Number(object.ref.name.slice("mapping-".length)), 0);
    }
    if (object.ref.kind !== "Service") return object;
    const { clusterIP: _, ...spec } = object.body["spec"] as Record<string, unknown>;
    return { ...object, body: { spec: index > 1000 ? { ...spec, clusterIP: "None" } : spec } };
  });
}

function resourceOf({ ref, version }: RawObject) {
  const { group, kind } = ref;
  return { group, version, plural: plurals[kind] ?? "", kind, namespaced: true };
}

function manifestOf({ ref, version, labels, body }: RawObject): object {
  const apiVersion = ref.group === "" ? version : `${ref.group}/${version}`;
  return { apiVersion, kind: ref.kind, metadata: { name: ref.name, namespace: ref.namespace, labels }, ...body };
}

function keyOf({ ref }: RawObject): string {
  return `${ref.kind}/${ref.name}`;
}

async function loadAll(client: Client, objects: readonly RawObject[]): Promise<void> {
  const queue = [...objects];
  const work = async (): Promise<void> => {
    for (let object = queue.pop(); object; object = queue.pop()) {
      const path = collectionPath(resourceOf(object), object.ref.namespace);
      await client.ask({ method: "POST", path, body: manifestOf(object), attempts: 5 });
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

function put(client: Client, object: RawObject): Promise<unknown> {
  return client.ask({
    method: "PATCH",
    path: objectPath(resourceOf(object), object.ref),
    query: { fieldManager: "bench", force: true },
    contentType: "application/apply-patch+yaml",
    body: manifestOf(object),
  });
}

/** Two backends that say who they are, and a slice that points at one of them in turn. */
async function moveEndpoints(
  shape: Shape,
  client: Client,
  poller: Awaited<ReturnType<typeof openPoller>>,
): Promise<readonly number[]> {
  const lent = await lendAddress();
  const servers = ["one", "two"].map((which) =>
    createServer((_, response) => response.setHeader("x-which", which).end()).listen(0, lent.address),
  );
  await Promise.all(servers.map((server) => once(server, "listening")));
  const index = shape.mappings - 1;
  const slices = objectsOf(shape).filter(({ ref }) => ref.kind === "EndpointSlice");
  const slice = slices.find(({ ref }) => ref.name === `service-${index}-1`);
  const times: number[] = [];
  for (let move = 0; move < edits; move++) {
    const which = move % 2;
    const { port } = (servers[which] as Server).address() as AddressInfo;
    const body = {
      addressType: "IPv4",
      ports: [{ name: "http", port }],
      endpoints: [{ addresses: [lent.address], conditions: { ready: true } }],
    };
    const answered = poller.until(
      hostname(index % shape.hosts),
      `/service-${index}/`,
      `x-which: ${which ? "two" : "one"}`,
    );
    await put(client, { ...(slice as RawObject), body });
    const taken = process.hrtime.bigint();
    times.push(milliseconds(taken, await answered));
    await pause(20);
  }
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  await lent.giveBack();
  return times;
}

function settle(random: (below: number) => number): number {
  return 20 + random(20);
}

/** An answer may come before the API server's own: then it took no time. */
function milliseconds(from: bigint, to: bigint): number {
  return Math.max(0, Number(to - from) / 1e6);
}
