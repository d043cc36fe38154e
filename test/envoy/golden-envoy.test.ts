/**
 * Every golden case served by one real Envoy, case after case, with its requests: by the newest that is supported and
 * by the oldest, and by the newest once more with route tables and certificates in other shapes: all answers are the
 * same in each.
 * CASE selects by a part of the name, SHAPES which other shapes (`scoped,pathed`; `pathed` has all that `scoped` has).
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RouteTables, Settings } from "#compiler";
import { obtainEnvoy, supportedEnvoys } from "../../src/keeper/envoy-binary.ts";
import { caseNames, readCase } from "./case-directory.ts";
import { startEnvoy, type TestEnvoy } from "./envoy.ts";
import { type Bench, openBench, runCase } from "./golden.ts";
import { obtainOldestEnvoy } from "./oldest-envoy.ts";

const newest = { obtain: async () => (await obtainEnvoy()).path, envoyVersion: supportedEnvoys.newest };
const shapes = (process.env["SHAPES"] ?? "pathed").split(",").filter(isShape);
const runs: Readonly<Record<string, Run>> = {
  "newest Envoy": { ...newest, settings: {} },
  "oldest Envoy": { obtain: obtainOldestEnvoy, envoyVersion: supportedEnvoys.oldest, settings: {} },
  ...Object.fromEntries(
    shapes.map((routeTables) => [
      `newest Envoy, ${routeTables}, certificates by name`,
      { ...newest, settings: { routeTables, certificates: "by-name" as const } },
    ]),
  ),
};

interface Run {
  readonly obtain: () => Promise<string>;
  readonly envoyVersion: string;
  readonly settings: Partial<Settings>;
}

for (const [run, { obtain, envoyVersion, settings }] of Object.entries(runs)) {
  describe(run, () => {
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

    for (const name of caseNames(process.env.CASE).filter((one) => isFor(one, envoyVersion))) {
      test(name, async () => {
        assert.deepEqual(await runCase(name, bench, { ...settings, envoyVersion }), []);
      });
    }
  });
}

/** A case may say which Envoy its resources are for; then no other is asked. */
function isFor(name: string, version: string): boolean {
  const { envoyVersion = version } = readCase(name).settings;
  return envoyVersion === version;
}

function isShape(text: string): text is RouteTables {
  return text === "scoped" || text === "pathed";
}
