/**
 * Every golden case served by one real Envoy, case after case, with its requests: by the newest that is supported and
 * by the oldest. CASE selects by a part of the name.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { obtainEnvoy } from "../../src/keeper/envoy-binary.ts";
import { caseNames } from "./case-directory.ts";
import { startEnvoy, type TestEnvoy } from "./envoy.ts";
import { type Bench, openBench, runCase } from "./golden.ts";
import { obtainOldestEnvoy } from "./oldest-envoy.ts";

const binaries: Readonly<Record<string, () => Promise<string>>> = {
  newest: async () => (await obtainEnvoy()).path,
  oldest: obtainOldestEnvoy,
};

for (const [age, obtain] of Object.entries(binaries)) {
  describe(`${age} Envoy`, () => {
    let envoy: TestEnvoy;
    let bench: Bench;

    before(async () => {
      envoy = await startEnvoy(await obtain());
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
  });
}
