/** Everything at once: scenarios of different questions side by side, those of one in an order that a seed draws. */
import { numbers } from "../bench/random.ts";
import { play, type Scenario, type Stage } from "./scenario.ts";

/** Plays all of them. */
export async function playMixed(scenarios: readonly Scenario[], seed: number, stage: Stage): Promise<void> {
  const random = numbers(seed);
  const lanes = [...Map.groupBy(scenarios, ({ questions }) => questions[0]?.name ?? "").values()];
  const questions = [...new Map(scenarios.flatMap((one) => one.questions).map((one) => [one.name, one])).values()];
  await Promise.all(
    lanes.map(async (lane) => {
      const order = lane.map((scenario) => ({ scenario, at: random(1_000_000) })).toSorted((a, b) => a.at - b.at);
      for (const { scenario } of order) await play({ ...scenario, name: `mixed with seed ${seed}`, questions }, stage);
    }),
  );
}
