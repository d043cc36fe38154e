/** Probes are answered while much is compiled, and say what is so. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type CompilerEdit, openCompiler } from "../../src/compiler/index.ts";
import { watchEnvoyLife } from "../../src/control/admin/envoy-life.ts";
import { healthEndpoints } from "../../src/control/admin/health.ts";
import { answerOnSocket } from "../../src/control/admin/server.ts";
import { ownClock } from "../../src/control/clock.ts";
import { openSchedule } from "../../src/control/pipeline/schedule.ts";
import { createTimings } from "../../src/control/report/timings.ts";
import { answerOf } from "../answer.ts";

const mappings = Array.from({ length: 10_000 }, (_, i): CompilerEdit => {
  const name = `mapping-${i}`;
  const ref = { group: "getambassador.io", kind: "Mapping", namespace: "default", name };
  const spec = { hostname: `host-${i % 100}.test`, prefix: `/${name}/`, service: `service-${i}` };
  return {
    kind: "object",
    key: name,
    value: { ref, version: "v3alpha1", labels: {}, annotations: {}, body: { spec } },
  };
});

async function ask(socketPath: string, path: string): Promise<string> {
  const { status, body } = await answerOf({ socketPath, path });
  return `${status} ${body.trim()}`;
}

test("while 10,000 Mappings are compiled, check_alive goes on to say yes and check_ready no", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "dragoman-probes-"));
  const socketPath = join(directory, "control.sock");
  const timings = createTimings();
  const schedule = openSchedule({
    compiler: openCompiler(),
    timings,
    prepare: (edits) => edits,
    release: () => 1,
    files: () => [],
    missing: () => undefined,
    settle: () => [],
  });
  let isCompiled = false;
  const server = await answerOnSocket(socketPath, {
    log: () => undefined,
    endpoints: healthEndpoints({
      envoy: watchEnvoyLife({ ask: async () => true, clock: ownClock }),
      timings,
      hasServed: () => isCompiled,
    }),
  });
  const compiled = schedule.push(mappings).then(() => {
    isCompiled = true;
  });
  const answers: string[] = [];
  let longestMs = 0;
  for (;;) {
    const start = performance.now();
    const two = [
      await ask(socketPath, "/ambassador/v0/check_alive"),
      await ask(socketPath, "/ambassador/v0/check_ready"),
    ];
    if (isCompiled) break;
    longestMs = Math.max(longestMs, performance.now() - start);
    answers.push(...two);
  }
  await compiled;
  assert.ok(answers.length >= 6, `only ${answers.length} answers before the end`);
  assert.deepEqual([...new Set(answers)].sort(), [
    "200 alive",
    "503 Envoy has not acknowledged its first configuration",
  ]);
  assert.equal(await ask(socketPath, "/ambassador/v0/check_ready"), "200 ready");
  t.diagnostic(`${answers.length} answers, the slowest two after ${longestMs.toFixed(0)} ms`);
  await server.close();
  await rm(directory, { recursive: true });
});
