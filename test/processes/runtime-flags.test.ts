/** The Module's runtime_flags in a real Envoy, also in one that was started anew. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ownClock } from "../../src/control/clock.ts";
import { createFlagKeeper } from "../../src/control/envoy/runtime-flags.ts";
import { until } from "./running.ts";
import { startServedEnvoy } from "./served-envoy.ts";

const flag = "overload.premature_reset_total_stream_count";

test("flags reach Envoy, are taken back, and are set again in a new one", async () => {
  const keeper = createFlagKeeper({
    clock: ownClock,
    log: () => undefined,
    post: async (path) => assert.equal((await envoy.admin.post(path)).status, 200),
  });
  const envoy = await startServedEnvoy({ onConnected: () => keeper.connected() });
  const value = async (): Promise<string | undefined> => {
    const { entries } = JSON.parse((await envoy.admin.get("/runtime")).body) as {
      readonly entries: Readonly<Record<string, { readonly final_value: string }>>;
    };
    return entries[flag]?.final_value;
  };
  try {
    envoy.xds.open();
    keeper.want({ [flag]: 100 });
    await until(async () => (await value().catch(() => undefined)) === "100");
    keeper.want({ [flag]: null });
    await until(async () => (await value()) === undefined);
    keeper.want({ [flag]: 7 });
    await until(async () => (await value()) === "7");
    await envoy.restartEnvoy();
    await until(async () => (await value().catch(() => undefined)) === "7");
  } finally {
    await envoy.close();
  }
});
