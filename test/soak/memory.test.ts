/**
 * Memory under edits of everything, 20 a second: what is gone is forgotten, by control and by Envoy.
 * SOAK_MINUTES makes it long: then the memory of both processes is followed, and must not rise after a warm-up.
 * DRAGOMAN_ROUTE_TABLES leaves one shape of route tables.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { type Memory, type Retained, startSoaked } from "./instance.ts";
import { beginning, edits, last, type Size } from "./manifests.ts";

const minutes = Number(process.env["SOAK_MINUTES"] ?? 0);
const isLong = minutes > 0;
const size: Size = isLong ? { mappings: 1000, hosts: 50, services: 200 } : { mappings: 60, hosts: 6, services: 20 };
const perSecond = 20;
const warmUpMinutes = 5;
const mostBehindMs = 1000;
const sampleMs = 15_000;
const mostForgettingMs = 60_000;
/** What memory may rise by in ten minutes. */
const mostMebibytes = 1;

const shapes = ["table", "scoped"] as const;
const only = shapes.find((shape) => shape === process.env["DRAGOMAN_ROUTE_TABLES"]);

interface Sample extends Memory {
  readonly minute: number;
}

const promise = isLong ? `memory does not rise in ${minutes} minutes` : "what is gone is forgotten";
describe(promise, { concurrency: true }, () => {
  for (const shape of only ? [only] : shapes) test(shape, () => forget(shape));
});

async function forget(shape: (typeof shapes)[number]): Promise<void> {
  const soaked = await startSoaked(beginning(size), shape);
  try {
    const samples = isLong ? await soak() : await rush();
    await soaked.apply(last);
    await soaked.settled();
    const wanted = await soaked.wanted();
    const tables = shape === "table" ? wanted.tables : wanted.scopes;
    assert.ok(wanted.clusters > size.services && wanted.secrets > 0 && tables > 0, JSON.stringify(wanted));
    assert.deepEqual(await heldInTheEnd(wanted), wanted);
    if (isLong) judge(shape, samples);
  } finally {
    await soaked.close();
  }

  /** What Envoy has when it has forgotten what it should; clusters stay for as long as connections may use them. */
  async function heldInTheEnd(wanted: Retained): Promise<Retained> {
    const deadline = performance.now() + mostForgettingMs;
    for (;;) {
      const held = await soaked.held();
      if (isDeepStrictEqual(held, wanted) || performance.now() > deadline) return held;
      await pause(250);
    }
  }

  /** As many edits as there can be, without a look at memory: what Envoy holds afterwards is what counts. */
  async function rush(): Promise<readonly Sample[]> {
    const source = edits(size, 1);
    for (let i = 0; i < 150; i++) {
      await soaked.apply(source.next().value);
      if (i % 10 === 0) await soaked.settled();
    }
    return [];
  }

  async function soak(): Promise<readonly Sample[]> {
    const source = edits(size, 1);
    const samples: Sample[] = [];
    const start = performance.now();
    const elapsed = (): number => performance.now() - start;
    let due = 0;
    for (let edit = 0; elapsed() < minutes * 60_000; edit++) {
      await pause(Math.max(0, due - elapsed()));
      // What was missed while the machine stood still is not made up for: that would be another rate.
      due = Math.max(due + 1000 / perSecond, elapsed() - mostBehindMs);
      await soaked.apply(source.next().value);
      if (elapsed() < (samples.at(-1)?.minute ?? 0) * 60_000 + sampleMs) continue;
      const sample = { minute: elapsed() / 60_000, ...(await soaked.memory()) };
      samples.push(sample);
      console.log(row(shape, sample, edit));
    }
    return samples;
  }
}

function row(shape: string, { minute, heap, control, envoy }: Sample, edit: number): string {
  const cells = [heap, control, envoy].map((value) => value.toFixed(1).padStart(8)).join("");
  return `${shape.padEnd(6)} ${minute.toFixed(1).padStart(6)} min ${String(edit).padStart(7)} edits   heap, control, Envoy MiB ${cells}`;
}

function judge(shape: string, samples: readonly Sample[]): void {
  const warm = samples.filter(({ minute }) => minute >= warmUpMinutes);
  const rises = (["heap", "control", "envoy"] as const).map((name) => [name, rise(warm, name)] as const);
  for (const [name, value] of rises) console.log(`${shape} ${name}: ${value.toFixed(2)} MiB in 10 minutes`);
  for (const [name, value] of rises) assert.ok(value <= mostMebibytes, `${name} rises by ${value.toFixed(2)} MiB`);
}

/** The slope of the line with the least squares, in MiB in ten minutes. */
function rise(samples: readonly Sample[], name: keyof Memory): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(samples.map(({ minute }) => minute)), mean(samples.map((sample) => sample[name]))];
  const over = samples.reduce((sum, sample) => sum + (sample.minute - x) * (sample[name] - y), 0);
  return (10 * over) / samples.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0);
}
