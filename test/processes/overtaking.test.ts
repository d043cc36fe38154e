/**
 * An endpoint moves while a default of 3,000 Mappings is being compiled anew: Envoy gets them before the rest,
 * because endpoints have nothing to do with routes.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type CompilerEdit, defaultSettings, openCompiler, type RawObject, type ResourceChange } from "#compiler";
import { createRelease } from "../../src/control/pipeline/release.ts";
import { openSchedule } from "../../src/control/pipeline/schedule.ts";
import { createTimings } from "../../src/control/report/timings.ts";
import type { XdsServer } from "../../src/control/xds/server.ts";
import { generate, type Shape } from "../bench/generate.ts";

const shape: Shape = { mappings: 3_000, hosts: 100, bound: true, services: 200 };
const objects = new Map(generate(shape));

/** The schedule and the release of a running instance; whatever would be sent is written down. */
function openLane() {
  const compiler = openCompiler(defaultSettings);
  const sent: (readonly ResourceChange[])[] = [];
  const xds = {
    snapshot: { number: 0, get: () => undefined },
    update: (changes: readonly ResourceChange[]) => sent.push(changes),
  };
  const schedule = openSchedule({
    compiler,
    prepare: (edits) => edits,
    release: createRelease(xds as unknown as XdsServer, () => undefined),
    files: () => [],
    missing: () => undefined,
    settle: () => [],
    timings: createTimings(),
  });
  return { schedule, sent };
}

function put(key: string, change: (raw: RawObject) => RawObject): CompilerEdit {
  const value = objects.get(key);
  assert.ok(value, key);
  return { kind: "object", key, value: change(value) };
}

const host = objects.get("bench.yaml#Host/host-7");
const wide: CompilerEdit = {
  kind: "object",
  key: "module",
  value: {
    ...(host as RawObject),
    ref: { ...(host as RawObject).ref, kind: "Module", name: "ambassador" },
    body: { spec: { config: { add_linkerd_headers: true } } },
  },
};
const endpoint = put("bench.yaml#EndpointSlice/service-7-1", (slice) => ({
  ...slice,
  body: { ...slice.body, endpoints: [{ addresses: ["10.9.9.9"], conditions: { ready: true } }] },
}));

test("an endpoint that moves does not wait for a wide change", async () => {
  const { schedule, sent } = openLane();
  await schedule.push([...objects].map(([key, value]) => ({ kind: "object", key, value })));
  const before = sent.length;
  const whole = schedule.push([wide]);
  for (let slice = 0; slice < 3; slice++) await turn();
  await Promise.all([whole, schedule.push([endpoint])]);
  const types = sent.slice(before).map((changes) => [...new Set(changes.map(({ type }) => type))]);
  const moved = types.findIndex((some) => some.includes("endpoints"));
  const rest = types.findIndex((some) => some.includes("routes"));
  assert.ok(moved >= 0 && rest >= 0);
  assert.ok(moved < rest, JSON.stringify(types));
});
