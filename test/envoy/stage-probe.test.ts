/** What stage-power takes away, and what it leaves. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { instrumented, stagesOf } from "./stage-probe.ts";

const source = `
export function lowerOne(n: number) { return () => ({ out: [["k", n]], diagnostics: ["told"] }); }
export function linkAll(n: number): readonly number[] { return [n, ...(n > 0 ? linkAll(n - 1) : [])]; }
export function emitBytes() { return Uint8Array.of(1, 2); }
export function emitNothing() { return []; }
export function other() { return emitBytes().length; }
`;

interface Fixture {
  lowerOne(n: number): () => unknown;
  linkAll(n: number): readonly number[];
  emitBytes(): Uint8Array;
  emitNothing(): readonly unknown[];
  other(): number;
}

test("a stage's result and its diagnostics are taken away each for itself, and nothing else", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "stage-probe-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "stages.ts");
  writeFileSync(file, source);
  const names = stagesOf(file);
  assert.deepEqual(names, ["lowerOne", "linkAll", "emitBytes", "emitNothing"]);
  const probe = instrumented(names.map((name) => ({ file, name })));
  const stages = (await import(pathToFileURL(file).href)) as Fixture;
  const all = () => [stages.lowerOne(1)(), stages.linkAll(1), stages.emitBytes(), stages.emitNothing(), stages.other()];
  const whole = [{ out: [["k", 1]], diagnostics: ["told"] }, [1, 0], Uint8Array.of(1, 2), [], 2];
  const { value, gave } = probe.during(all);
  assert.deepEqual(value, whole);
  assert.deepEqual([...gave].sort(), ["emitBytes result", "linkAll result", "lowerOne diagnostics", "lowerOne result"]);
  const [, ...others] = whole;
  assert.deepEqual(probe.without("lowerOne", "result", all), [{ out: [], diagnostics: ["told"] }, ...others]);
  assert.deepEqual(probe.without("lowerOne", "diagnostics", all), [{ out: [["k", 1]], diagnostics: [] }, ...others]);
  assert.deepEqual(probe.without("linkAll", "result", stages.linkAll.bind(undefined, 3)), []);
  assert.deepEqual(probe.without("emitBytes", "result", stages.other), 0);
  assert.deepEqual(all(), whole);
});
