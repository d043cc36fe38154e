/**
 * From a changed file to a changed answer: one Mapping of 1,000 on 100 Hosts is edited, and the time is taken until
 * Envoy serves it. In turn with it, the same bytes go from a do-nothing control plane to another Envoy with the same
 * bootstrap, which is Envoy's own share: nothing can be faster.
 */
import { setTimeout as pause } from "node:timers/promises";
import { defaultSettings, openCompiler, type RawObject } from "#compiler";
import { freePort } from "../envoy/free-port.ts";
import { printHead, recordSamples } from "./figures.ts";
import { startFloor } from "./floor/start.ts";
import { generate, hostname, type Keyed, mapping, mappingKey, type Shape } from "./generate.ts";
import { startInstance } from "./instance.ts";
import { openPoller } from "./poller.ts";
import { numbers } from "./random.ts";

const shape: Shape = { mappings: 1000, hosts: 100, bound: true, services: 200, cleartext: true };
const edits = Number(process.env["EDITS"] ?? 300);
const unmeasured = 20;
const concurrency = 2;

/** Mapping `i` as a redirect that says which edit it is of, so that an answer tells what is served. */
function probe(i: number, edit: number): RawObject {
  const { prefix, host } = (mapping(shape, i).body as { spec: { prefix: string; host: string } }).spec;
  const raw = mapping(shape, i);
  return { ...raw, body: { spec: { prefix, host, host_redirect: true, service: `edit-${edit}.example.com` } } };
}

function objectsOf(): readonly Keyed[] {
  const probes = new Map(Array.from({ length: shape.hosts }, (_, i) => [mappingKey(i), probe(i, 0)]));
  return generate(shape).map(([key, object]) => [key, probes.get(key) ?? object]);
}

const objects = objectsOf();
const [ownPort, floorPort] = [await freePort(), await freePort()];
const instance = await startInstance(
  objects.map(([, object]) => object),
  { port: ownPort, concurrency },
);
const compiler = openCompiler({ ...defaultSettings, bindAddress: "127.0.0.1", ports: { 8080: floorPort } });
compiler.apply(objects.map(([key, value]) => ({ kind: "object", key, value })));
const floor = await startFloor(
  compiler.commit().resources.flatMap(({ resource }) => resource ?? []),
  concurrency,
);
const [own, other] = [await openPoller(ownPort), await openPoller(floorPort)];

const served: number[] = [];
const share: number[] = [];
const random = numbers(1);
try {
  for (let edit = 1 - unmeasured; edit <= edits; edit++) {
    const i = random(shape.hosts);
    const changed = probe(i, edit + unmeasured);
    const answer = `location: http://edit-${edit + unmeasured}.example.com/`;
    const asks = [hostname(i), `/service-${i}/`, answer] as const;
    const mine = milliseconds(await instance.put(changed), await own.until(...asks));
    await pause(settle());
    compiler.apply([{ kind: "object", key: mappingKey(i), value: changed }]);
    await floor.prepare(compiler.commit().resources.flatMap(({ resource }) => resource ?? []));
    await pause(settle());
    const theirs = milliseconds(await floor.send(), await other.until(...asks));
    await pause(settle());
    if (edit < 1) continue;
    served.push(mine);
    share.push(theirs);
  }
  printHead("Envoy's own share");
  recordSamples("one edit → served, 1000 Mappings on 100 Hosts", shape.mappings, "ms", served, share);
} finally {
  for (const poller of [own, other]) poller.close();
  await Promise.all([instance.close(), floor.close()]);
}

/** Long enough for acknowledgements and collections of garbage, and never in step with anything. */
function settle(): number {
  return 20 + random(20);
}

function milliseconds(from: bigint, to: bigint): number {
  return Number(to - from) / 1e6;
}
