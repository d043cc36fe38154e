/**
 * Fields in combination: configurations drawn over all kinds and fields are compiled and served by a real Envoy, and
 * `why` and Envoy are asked the same requests and must agree. Every route that a configuration declares is reached by
 * some request, or `why` or a diagnostic says what is in its way.
 *
 * `DRAWN=50000` asks more requests, `DRAWN_SEED=7` others. A failure prints the smallest configuration that shows it,
 * as a golden case's input, and how to play it again.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { type Configuration, configuration, textOf } from "./configuration.ts";
import { missingFields } from "./fields.ts";
import { type Count, play } from "./play.ts";
import { openStage, type Stage } from "./stage.ts";

const seed = Number(process.env["DRAWN_SEED"] ?? 20261121);
const path = process.env["DRAWN_PATH"];
const requests = Number(process.env["DRAWN"] ?? 5_000);
const numRuns = Math.ceil(requests / 20);
/** How many smaller configurations are tried once one has failed. */
const mostShrinks = 300;

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

test(`why and Envoy agree about ${requests} drawn requests`, async (context) => {
  const counts = new Map<Count, number>();
  let shrinks = 0;
  const property = fc.asyncProperty(configuration, async (drawn) => {
    if (shrinks > mostShrinks) return;
    try {
      const played = await play(drawn, stage);
      if (shrinks === 0) for (const [what, count] of Object.entries(played.counts)) add(counts, what as Count, count);
      assert.ok(played.problems.length === 0, played.problems.slice(0, 5).join("\n"));
    } catch (error) {
      shrinks++;
      throw error;
    }
    if (shrinks > 0) shrinks++;
  });
  const result = await fc.check(property, {
    seed,
    numRuns,
    ...(path === undefined ? {} : { path, endOnFailure: true }),
  });
  if (result.failed) assert.fail(report(result));
  context.diagnostic(JSON.stringify(Object.fromEntries(counts)));
  if (path === undefined) assertShares(Object.fromEntries(counts) as Record<Count, number>);
});

test("every field of every kind is drawn", () => {
  const drawn = fc.sample(configuration, { numRuns: 1000, seed });
  assert.deepEqual(missingFields(drawn.flatMap(({ manifests }) => manifests)), []);
});

function add(counts: Map<Count, number>, what: Count, count: number): void {
  counts.set(what, (counts.get(what) ?? 0) + count);
}

function report({ counterexample, counterexamplePath, errorInstance }: fc.RunDetails<[Configuration]>): string {
  const again = `DRAWN_SEED=${seed} DRAWN_PATH=${counterexamplePath} node --test test/drawn/drawn.test.ts`;
  const input = counterexample ? textOf(counterexample[0]) : "";
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return `${why}\n\nAgain: ${again}\n\n${input}`;
}

function assertShares(counts: Readonly<Record<Count, number>>): void {
  const share = (part: Count, of: Count): number => counts[part] / counts[of];
  const message = JSON.stringify(counts);
  assert.ok(counts.requests >= requests, message);
  assert.ok(share("hits", "requests") >= 0.6, `requests that hit a route: ${message}`);
  assert.ok(share("changed", "requests") >= 0.2, `requests one change away from a match: ${message}`);
  assert.ok(share("served", "routes") >= 0.6, `routes that are not hidden by anything: ${message}`);
  assert.ok(share("overlapping", "configurations") >= 0.5, `configurations whose objects meet: ${message}`);
}
