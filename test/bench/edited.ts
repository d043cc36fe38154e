/**
 * Edits of single routes until Envoy serves them: ours, from a changed file on; and in turn with each of them Envoy's
 * own share, the same change from a do-nothing control plane to another Envoy with the same bootstrap.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type CompilerEdit, defaultSettings, openCompiler } from "#compiler";
import { freePort } from "../envoy/free-port.ts";
import { startFloor } from "./floor/start.ts";
import { mappingKey } from "./generate.ts";
import { startInstance } from "./instance.ts";
import { type Layout, probe, question } from "./layouts.ts";
import { openPoller } from "./poller.ts";
import { numbers } from "./random.ts";

/** What was measured: times in ms, one for each edit. */
export interface Edited {
  readonly served: readonly number[];
  readonly share: readonly number[];
  /** Processor times of the control process, all of its threads. */
  readonly processor: readonly number[];
}

const concurrency = 2;

/** Edits routes of a layout at random, `unmeasured` times more than the samples that it gives. */
export async function measureEdits(
  { shape, objects, probes, cheapest }: Layout,
  { edits, unmeasured }: { readonly edits: number; readonly unmeasured: number },
): Promise<Edited> {
  const [ownPort, floorPort] = [await freePort(), await freePort()];
  const isEdited = new Set(Array.from({ length: probes }, (_, i) => mappingKey(i)));
  const values = (edited: boolean) => objects.flatMap(([key, value]) => (isEdited.has(key) === edited ? [value] : []));
  const instance = await startInstance(values(true), { port: ownPort, concurrency, still: values(false) });
  const settings = { ...defaultSettings, bindAddress: "127.0.0.1", ports: { 8080: floorPort } };
  const compiler = openCompiler({ ...settings, routeTables: cheapest });
  const compile = (edits: readonly CompilerEdit[]) => {
    compiler.apply(edits);
    return compiler.commit().resources.flatMap(({ resource }) => resource ?? []);
  };
  const floor = await startFloor(compile(objects.map(([key, value]) => ({ kind: "object", key, value }))), concurrency);
  const [own, other] = [await openPoller(ownPort), await openPoller(floorPort)];
  const random = numbers(1);
  // Long enough for acknowledgements and collections of garbage, and never in step with anything.
  const settle = () => pause(20 + random(20));
  const [served, share, processor]: [number[], number[], number[]] = [[], [], []];
  try {
    await own.until(...question(shape, 0, 0));
    await other.until(...question(shape, 0, 0));
    for (let edit = 1; edit <= edits + unmeasured; edit++) {
      const i = random(probes);
      const changed = probe(shape, i, edit);
      const before = instance.control.processorMs();
      const mine = milliseconds(await instance.put(changed), await own.until(...question(shape, i, edit)));
      await settle();
      const used = instance.control.processorMs() - before;
      await floor.prepare(compile([{ kind: "object", key: mappingKey(i), value: changed }]));
      await settle();
      const theirs = milliseconds(await floor.send(), await other.until(...question(shape, i, edit)));
      await settle();
      if (edit <= unmeasured) continue;
      served.push(mine);
      share.push(theirs);
      processor.push(used);
    }
    return { served, share, processor };
  } finally {
    for (const poller of [own, other]) poller.close();
    await Promise.all([instance.close(), floor.close()]);
  }
}

function milliseconds(from: bigint, to: bigint): number {
  return Number(to - from) / 1e6;
}
