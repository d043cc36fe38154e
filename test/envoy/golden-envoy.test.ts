/**
 * Every golden case served by one real Envoy, case after case, with its requests: by the newest that is supported and
 * by the oldest. CASE selects by a part of the name.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { obtainEnvoy, supportedEnvoys } from "../../src/keeper/envoy-binary.ts";
import { caseNames, readCase } from "./case-directory.ts";
import { startEnvoy, type TestEnvoy } from "./envoy.ts";
import { type Bench, openBench, runCase } from "./golden.ts";
import { obtainOldestEnvoy } from "./oldest-envoy.ts";

const binaries = {
  newest: { obtain: async () => (await obtainEnvoy()).path, minor: minorOf(supportedEnvoys.newest) },
  oldest: { obtain: obtainOldestEnvoy, minor: minorOf(supportedEnvoys.oldest) },
} as const;

for (const [age, { obtain, minor }] of Object.entries(binaries)) {
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

    for (const name of caseNames(process.env.CASE).filter((one) => isFor(one, minor))) {
      test(name, async () => {
        assert.deepEqual(await runCase(name, bench), []);
      });
    }
  });
}

/** A case may say which Envoy its resources are for; then an older one is not asked. */
function isFor(name: string, minor: number): boolean {
  const { envoyVersion } = readCase(name).settings;
  return envoyVersion === undefined || minorOf(envoyVersion) <= minor;
}

function minorOf(version: string): number {
  return Number(version.split(".")[1]);
}
