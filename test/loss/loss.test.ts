/**
 * Nothing is lost while the configuration changes: clients at a constant rate, streams that go on, a whole
 * `dragoman run`, and one change after the other, then many at once. `make loss` runs it at full size.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { announced, type Draining, draining } from "./draining.ts";
import { type Gateway, until } from "./gateway.ts";
import { atFirst, harmless } from "./harmless.ts";
import { playMixed } from "./mixed.ts";
import { assertWorth, isFailure, tally } from "./report.ts";
import { play, type Stage } from "./scenario.ts";
import { steadyQuestions } from "./scene.ts";
import { size, withStage } from "./stage.ts";

test("what changes routes, hosts, filters, secrets, endpoints or the process harms nothing", async () => {
  const result = await withStage("harmless", atFirst, async (stage) => {
    const { gateway } = stage;
    for (const scenario of harmless(stage.backends)) {
      await play(scenario, stage);
      assert.equal(announced(gateway.log(), 0), 0, `${scenario.name}: connections are announced to end`);
    }
    for (let round = 0; round < size.rounds; round++)
      await playMixed(harmless(stage.backends), size.seed + round, stage);
    assert.equal(announced(gateway.log(), 0), 0, "connections are announced to end");
    // Streams outlive the clusters that they went to, and nothing stays that nothing names.
    await until(async () => (await clustersOf(gateway)) === 0);
  });
  assert.deepEqual(tally([...result.unexpected, ...result.broken, ...result.ended]), []);
  assertWorth(result, size.mostLateMs);
});

/** How many clusters Envoy has beside those that are configured, and its own to control. */
async function clustersOf({ figure }: Gateway): Promise<number> {
  const there = await figure("envoy_cluster_manager_active_clusters{}");
  return there - (await figure('dragoman_xds_resources{type="cluster"}')) - 1;
}

test("what changes filter chains ends their connections alone, as announced, after the drain time", async () => {
  const atFirst = { passing: ["404", "failed: ECONNRESET"] };
  const result = await withStage("draining", atFirst, async (stage) => {
    const before = new Set<string>();
    for (const scenario of draining(stage.backends)) {
      await playDraining(scenario, stage, before);
      for (const chain of scenario.chains) before.add(chain);
    }
  });
  // A request that is under way on a connection at the moment of its end gets no answer; any other is right.
  assert.deepEqual(tally(result.unexpected.filter((one) => one.fresh || !isFailure(one))), []);
  assert.ok(result.broken.length > 0 && result.ended.length > 0);
  assertWorth(result, size.mostLateMs);
});

/** Plays one, until all that it ends is over. A connection of a chain that was drained before may be late in ending. */
async function playDraining(scenario: Draining, stage: Stage, before: ReadonlySet<string>): Promise<void> {
  const { name, chains } = scenario;
  const { gateway, ledger } = stage;
  const { connections, streams } = stage.traffic;
  const from = gateway.log().length;
  const began = await play(scenario, stage);
  const drained = began + size.drainSeconds * 1000;
  assert.equal(announced(gateway.log(), from), chains.length, `${name}: chains that end`);
  await until(() => connections.left(chains, began) === 0 && streams.left(chains, began) === 0);
  await until(async () => (await gateway.figure("envoy_listener_manager_total_filter_chains_draining{}")) === 0);
  await Promise.all(steadyQuestions.map((question) => ledger.change(question.name, [])));
  const over = [...connections.ended, ...streams.broken].filter((one) => one.scenario === name);
  const ended = (chain: string): boolean => over.some((one) => one.chain === chain);
  const other = over.filter(({ chain }) => !chains.includes(chain) && !before.has(chain));
  assert.deepEqual(tally(other), [], `${name}: connections of other chains ended`);
  assert.deepEqual(chains.filter(ended), chains, `${name}: chains that ended`);
  const silent = over.filter((one) => chains.includes(one.chain) && !("announced" in one && one.announced));
  assert.deepEqual(tally(silent.filter(({ at }) => at < drained)), [], `${name}: ended before the drain time`);
}
