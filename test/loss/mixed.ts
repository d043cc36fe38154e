/** Everything at once: scenarios of different questions side by side, those of one in an order that a seed draws. */
import { numbers } from "../bench/random.ts";
import { play, type Scenario, type Stage } from "./scenario.ts";

/** Plays all that can be played again. */
export async function playMixed(scenarios: readonly Scenario[], seed: number, stage: Stage): Promise<void> {
  const random = numbers(seed);
  const again = scenarios.filter(({ once }) => !once);
  const lanes = [...Map.groupBy(again, ({ questions }) => questions[0]?.name ?? "").values()];
  const questions = [...new Map(again.flatMap((one) => one.questions).map((one) => [one.name, one])).values()];
  await Promise.all(
    lanes.map(async (lane) => {
      const order = lane.map((scenario) => ({ scenario, at: random(1_000_000) })).toSorted((a, b) => a.at - b.at);
      for (const { scenario } of order) await play({ ...scenario, name: `mixed with seed ${seed}`, questions }, stage);
    }),
  );
}
