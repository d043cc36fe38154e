/**
 * Memory under edits of everything, 20 a second: what is gone is forgotten, by control and by Envoy.
 * SOAK_MINUTES makes it long: then the memory of both processes is followed, and must not rise after a warm-up.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { until } from "../processes/running.ts";
import { type Memory, startSoaked } from "./instance.ts";
import { beginning, edits, last, type Size } from "./manifests.ts";

const minutes = Number(process.env["SOAK_MINUTES"] ?? 0);
const isLong = minutes > 0;
const size: Size = isLong ? { mappings: 1000, hosts: 50, services: 200 } : { mappings: 60, hosts: 6, services: 20 };
const perSecond = 20;
const warmUpMinutes = 5;
const sampleMs = 15_000;
/** What memory may rise by in ten minutes. */
const mostMebibytes = 1;

interface Sample extends Memory {
  readonly minute: number;
}

test(isLong ? `memory under edits for ${minutes} minutes` : "what is gone is forgotten", async () => {
  const soaked = await startSoaked(beginning(size));
  try {
    const samples = isLong ? await soak() : await rush();
    await soaked.apply(last);
    await soaked.settled();
    const wanted = await soaked.wanted();
    assert.ok(wanted.clusters > size.services && wanted.secrets > 0, JSON.stringify(wanted));
    // Clusters stay for as long as connections may use them.
    await until(async () => {
      await pause(250);
      return JSON.stringify(await soaked.held()) === JSON.stringify(wanted);
    });
    if (isLong) judge(samples);
  } finally {
    await soaked.close();
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
    for (let edit = 0; elapsed() < minutes * 60_000; edit++) {
      await pause(Math.max(0, (edit * 1000) / perSecond - elapsed()));
      await soaked.apply(source.next().value);
      if (elapsed() < (samples.length + 1) * sampleMs) continue;
      const sample = { minute: elapsed() / 60_000, ...(await soaked.memory()) };
      samples.push(sample);
      console.log(row(sample, edit));
    }
    return samples;
  }
});

function row({ minute, heap, control, envoy }: Sample, edit: number): string {
  const cells = [heap, control, envoy].map((value) => value.toFixed(1).padStart(8)).join("");
  return `${minute.toFixed(1).padStart(6)} min ${String(edit).padStart(7)} edits   heap, control, Envoy MiB ${cells}`;
}

function judge(samples: readonly Sample[]): void {
  const warm = samples.filter(({ minute }) => minute >= warmUpMinutes);
  const rises = (["heap", "control", "envoy"] as const).map((name) => [name, rise(warm, name)] as const);
  for (const [name, value] of rises) console.log(`${name}: ${value.toFixed(2)} MiB in 10 minutes`);
  for (const [name, value] of rises) assert.ok(value <= mostMebibytes, `${name} rises by ${value.toFixed(2)} MiB`);
}

/** The slope of the line with the least squares, in MiB in ten minutes. */
function rise(samples: readonly Sample[], name: keyof Memory): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(samples.map(({ minute }) => minute)), mean(samples.map((sample) => sample[name]))];
  const over = samples.reduce((sum, sample) => sum + (sample.minute - x) * (sample[name] - y), 0);
  return (10 * over) / samples.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0);
}
