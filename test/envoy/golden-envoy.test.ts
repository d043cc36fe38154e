/** Every golden case served by one real Envoy, case after case, with its requests. CASE selects by a part of the name. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { caseNames } from "./case-directory.ts";
import { startEnvoy, type TestEnvoy } from "./envoy.ts";
import { type Bench, openBench, runCase } from "./golden.ts";

let envoy: TestEnvoy;
let bench: Bench;

before(async () => {
  envoy = await startEnvoy();
  bench = openBench(envoy);
});
after(async () => {
  await envoy.close();
  await bench.upstreams.close();
});

for (const name of caseNames(process.env.CASE)) {
  test(name, async () => {
    assert.deepEqual(await runCase(name, bench), []);
  });
}
