/**
 * Whatever shape route tables have, a client gets the same answers: drawn requests for hosts of every kind, in every
 * spelling, are sent to an Envoy with plain tables and to one with another shape.
 * `SHAPE_REQUESTS=20000` sends more, `SHAPE_SEED=7` others.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { numbers } from "../bench/random.ts";
import { drawConfiguration, drawRequest, type Plan } from "./drawn.ts";
import { startTwin, type Twin } from "./twins.ts";

const total = Number(process.env["SHAPE_REQUESTS"] ?? 3_000);
const seed = Number(process.env["SHAPE_SEED"] ?? 1);
const shapes = ["scoped", "pathed"] as const;
const plans: Readonly<Record<string, Plan>> = {
  "large hosts": { shared: 5, large: 600 },
  "many routes for all hosts": { shared: 700, large: 10 },
  "hosts with ports": { shared: 20, large: 20, ports: true },
};

describe("the same answers", () => {
  let plain: Twin;
  const others: Twin[] = [];
  before(async () => {
    plain = await startTwin("table");
    for (const shape of shapes) others.push(await startTwin(shape));
  });
  after(() => Promise.all([plain, ...others].map((twin) => twin.close())));

  for (const [name, plan] of Object.entries(plans)) {
    test(name, async () => {
      const draw = numbers(seed);
      const drawn = drawConfiguration(plan, draw);
      await plain.serve(drawn.objects);
      const count = Math.ceil(total / Object.keys(plans).length);
      const requests = Array.from({ length: count }, () => drawRequest(drawn, draw));
      const expected = await plain.ask(requests);
      const routed = new Set(expected.map(({ headers }) => headers["location"]?.split("/")[2]));
      assert.ok(routed.size > Math.min(30, count / 20), `only ${routed.size} routes were reached`);
      for (const other of others) {
        const resources = await other.serve(drawn.objects);
        assert.ok(resources.some(({ type }) => type === "scope"));
        const answers = await other.ask(requests);
        const differing = requests.flatMap((request, i) =>
          JSON.stringify(answers[i]) === JSON.stringify(expected[i])
            ? []
            : [`${request}${JSON.stringify(expected[i])}\n${other.routeTables}: ${JSON.stringify(answers[i])}`],
        );
        assert.deepEqual(differing.slice(0, 3), [], `${differing.length} of ${count} differ`);
      }
    });
  }
});
