/**
 * The order of responses, checked against a small model of Envoy over random histories: changes, slow clusters,
 * refusals, messages that come twice or not at all, lost streams, restarts of either side, starts before all is compiled.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { ResourceChange } from "#compiler";
import { cluster, endpoints, listener, routes, scope, secret } from "./model-envoy.ts";
import { type Act, World } from "./model-world.ts";
import { acknowledged, defaultOrderOptions, type OrderState, openOrder, step } from "./order.ts";
import { createRefusedVersions } from "./refusal.ts";
import { createSnapshot } from "./snapshot.ts";
import type { Response } from "./subscription.ts";

const clusterNames = ["a", "b", "c", "d"];

const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Act>({ kind: "toEnvoy" }) },
  { weight: 6, arbitrary: fc.constant<Act>({ kind: "toControl" }) },
  { weight: 3, arbitrary: fc.constant<Act>({ kind: "exchange" }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("configure" as const),
      clusters: fc.uniqueArray(
        fc.record({
          name: fc.constantFrom(...clusterNames),
          revision: fc.nat(2),
          eds: fc.boolean(),
          slow: fc.boolean(),
        }),
        { selector: (c) => c.name, maxLength: 4 },
      ),
      // A table names some of the clusters that exist; 7 stands for all of the first three.
      tables: fc.array(fc.nat(15), { maxLength: 2 }),
      parts: fc.option(fc.nat(3), { nil: undefined }),
      bad: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("compile" as const),
      type: fc.constantFrom("cluster" as const, "endpoints" as const),
      name: fc.constantFrom(...clusterNames),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Act>({ kind: "complete" }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("warm" as const), name: fc.constantFrom(...clusterNames) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1, 150, 2_000, 16_000) }),
  },
  { weight: 2, arbitrary: fc.constantFrom<Act>({ kind: "repeatToEnvoy" }, { kind: "repeatToControl" }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Act>(
      { kind: "cutToEnvoy" },
      { kind: "cutToControl" },
      { kind: "loseStream" },
      { kind: "restartControl" },
      { kind: "restartEnvoy" },
    ),
  },
);

describe("order of responses", () => {
  test("no history lets Envoy hold a route to a cluster it lacks, and every history converges", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(acts, { minLength: 5, maxLength: 60 }), (isComplete, history) => {
        const world = new World(isComplete);
        for (const act of history) world.act(act);
        world.settle();
        world.assertConverged();
        assert.equal(world.sendsAfterReconnect(), 0, "a warm Envoy is sent nothing");
      }),
      { numRuns: Number(process.env["MODEL_RUNS"] ?? 1_500) },
    );
  });

  test("endpoints that end before a reconnected Envoy asks for them are answered, or its cluster would warm for long", () => {
    const c = { name: "c", revision: 0 };
    const world = new World();
    const history: readonly Act[] = [
      { kind: "configure", clusters: [{ ...c, eds: true, slow: false }], tables: [], bad: false },
      { kind: "toControl" },
      { kind: "toControl" },
      { kind: "toEnvoy" },
      { kind: "toEnvoy" },
      { kind: "toControl" },
      { kind: "toEnvoy" },
      { kind: "loseStream" },
      { kind: "toControl" },
      { kind: "configure", clusters: [{ ...c, eds: true, slow: true }], tables: [], bad: false },
      { kind: "configure", clusters: [{ ...c, eds: false, slow: false }], tables: [], bad: true },
    ];
    for (const act of history) world.act(act);
    world.settle();
    world.assertConverged();
  });

  test("scopes of a response that Envoy refused, and lost its stream before it could say so, are sent as others", () => {
    const world = new World();
    const slow = { name: "a", revision: 0, eds: false, slow: true };
    const history: readonly Act[] = [
      { kind: "configure", clusters: [slow], tables: [0], parts: 1, bad: true },
      { kind: "cutToControl" },
      { kind: "wait", ms: 16_000 },
      { kind: "repeatToEnvoy" },
      { kind: "toEnvoy" },
      { kind: "exchange" },
      { kind: "wait", ms: 1 },
      { kind: "toControl" },
    ];
    for (const act of history) world.act(act);
    world.settle();
    world.assertConverged();
  });

  test("a scope that was refused, and is as it was before Envoy forgot it, is sent again", () => {
    const world = new World();
    const before = [{ name: "a", revision: 0, eds: false, slow: false }];
    const history: readonly Act[] = [
      { kind: "configure", clusters: before, tables: [0], parts: 0, bad: false },
      { kind: "exchange" },
      { kind: "configure", clusters: [], tables: [], parts: undefined, bad: false },
      { kind: "configure", clusters: [], tables: [0], parts: 0, bad: true },
      { kind: "exchange" },
      { kind: "configure", clusters: before, tables: [0], parts: 0, bad: false },
    ];
    for (const act of history) world.act(act);
    world.settle();
    world.assertConverged();
  });

  test("what a table names that Envoy keeps, because it refused the next one, stays over a reconnection", () => {
    const world = new World();
    const history: readonly Act[] = [
      { kind: "configure", clusters: [{ name: "a", revision: 0, eds: false, slow: false }], tables: [1], bad: false },
      { kind: "exchange" },
      { kind: "configure", clusters: [], tables: [0], bad: true },
      { kind: "exchange" },
      { kind: "loseStream" },
    ];
    for (const act of history) world.act(act);
    world.settle();
    world.assertConverged();
  });
});

/** A stream on which everything is acknowledged by hand. */
function openStream(changes: readonly ResourceChange[]) {
  const view = createSnapshot();
  view.apply(changes);
  const state = openOrder(view, createRefusedVersions(), defaultOrderOptions, 0);
  const first = { wildcard: true, names: [], versions: {} };
  const change = (now: number, ...more: ResourceChange[]) => {
    view.apply(more);
    return step(state, [{ kind: "changed", changes: more }], now);
  };
  return { state, view, first, change };
}

/** Acknowledges responses, and those that follow from that. */
function acknowledge(state: OrderState, sends: readonly Response[], now: number): void {
  let open = sends;
  while (open.length > 0) {
    open = step(
      state,
      open.map(({ type, nonce }) => ({ kind: "ack" as const, type, nonce })),
      now,
    ).sends;
  }
}

const put = (resource: NonNullable<ResourceChange["resource"]>): ResourceChange => ({
  type: resource.type,
  name: resource.name,
  resource,
});

describe("one stream", () => {
  test("a changed EDS cluster is followed by its unchanged endpoints", () => {
    const { state, first, change } = openStream([put(cluster("a", 1, { eds: true })), put(endpoints("a", 1))]);
    const [cds] = step(state, [{ kind: "open", type: "cluster", first }], 0).sends;
    const names = { wildcard: false, names: ["a"], versions: {} };
    const [eds] = step(state, [{ kind: "open", type: "endpoints", first: names }], 1).sends;
    assert.ok(cds && eds);
    step(state, [{ kind: "ack", type: "endpoints", nonce: eds.nonce }], 2);
    step(state, [{ kind: "ack", type: "cluster", nonce: cds.nonce }], 2);
    const { sends } = change(3, put(cluster("a", 2, { eds: true })));
    assert.deepEqual(
      sends.map((r) => [r.type, r.resources.map((x) => x.version)]),
      [
        ["cluster", ["cluster-a-2"]],
        ["endpoints", ["endpoints-a-1"]],
      ],
    );
  });

  test("a name that does not exist is answered by a removal, and by the resource when it appears", () => {
    const { state, change } = openStream([]);
    const names = { wildcard: false, names: ["tls"], versions: {} };
    const [answer] = step(state, [{ kind: "open", type: "secret", first: names }], 0).sends;
    assert.deepEqual(answer?.removed, ["tls"]);
    step(state, [{ kind: "ack", type: "secret", nonce: answer?.nonce ?? "" }], 1);
    const { sends } = change(2, put(secret("tls", 1)));
    assert.deepEqual(
      sends.map((r) => r.resources.map((x) => x.name)),
      [["tls"]],
    );
  });

  test("slow clusters go last, alone, and do not hold back what follows", () => {
    const all = [put(cluster("s", 1, { slow: true })), put(cluster("f", 1, {}))];
    const { state, first, change } = openStream(all);
    const [fast, ...none] = step(state, [{ kind: "open", type: "cluster", first }], 0).sends;
    assert.deepEqual(
      fast?.resources.map((x) => x.name),
      ["f"],
    );
    assert.equal(none.length, 0);
    const [slow] = step(state, [{ kind: "ack", type: "cluster", nonce: fast?.nonce ?? "" }], 1).sends;
    assert.deepEqual(
      slow?.resources.map((x) => x.name),
      ["s"],
    );
    const { sends } = change(2, put(cluster("g", 1, {})));
    assert.deepEqual(
      sends.map((r) => r.resources.map((x) => x.name)),
      [["g"]],
    );
  });

  test("beside a cluster that never warms, others are sent at once, with what names them", () => {
    const { state, first, change } = openStream([put(cluster("s", 1, { slow: true })), put(routes("r", 0, []))]);
    step(state, [{ kind: "open", type: "cluster", first }], 0);
    const names = { wildcard: false, names: ["r"], versions: {} };
    acknowledge(state, step(state, [{ kind: "open", type: "routes", first: names }], 0).sends, 0);
    for (let now = 1; now < 50; now++) {
      const edit = change(now, put(cluster(`c${now}`, 1, {})), put(routes("r", now, [`c${now}`])));
      assert.deepEqual(
        edit.sends.map(({ type }) => type),
        ["cluster", "routes"],
      );
      acknowledge(
        state,
        edit.sends.filter(({ type }) => type === "routes"),
        now,
      );
    }
    assert.equal(state.subscriptions.get("cluster")?.inFlight.size, 50);
  });

  test("as long as Envoy withholds acknowledgements, ever fewer responses hold ever more", () => {
    const { state, first, change } = openStream([put(cluster("s", 1, { slow: true }))]);
    step(state, [{ kind: "open", type: "cluster", first }], 0);
    for (let now = 1; now <= 4_000; now++) change(now, put(cluster(`c${now}`, 1, {})));
    const { inFlight, pending } = state.subscriptions.get("cluster") ?? {};
    assert.ok((inFlight?.size ?? 0) < 800, `${inFlight?.size} unacknowledged`);
    const sent = [...(inFlight?.values() ?? [])].reduce((sum, { resources }) => sum + resources.length, 0);
    assert.equal(sent + (pending?.size ?? 0), 4_001);
  });

  test("a route table waits for its cluster two seconds at most, and that is said", () => {
    const { state, first, change } = openStream([put(listener("r", 1)), put(routes("r", 1, []))]);
    const [cds, lds, srds] = step(
      state,
      [
        { kind: "open", type: "cluster", first },
        { kind: "open", type: "listener", first },
        { kind: "open", type: "scope", first },
      ],
      0,
    ).sends;
    const names = { wildcard: false, names: ["r"], versions: {} };
    const [rds] = step(state, [{ kind: "open", type: "routes", first: names }], 0).sends;
    assert.deepEqual([cds?.type, cds?.resources, cds?.removed], ["cluster", [], []], "nothing is an answer, too");
    step(state, [{ kind: "ack", type: "cluster", nonce: cds?.nonce ?? "" }], 1);
    step(state, [{ kind: "ack", type: "listener", nonce: lds?.nonce ?? "" }], 1);
    step(state, [{ kind: "ack", type: "scope", nonce: srds?.nonce ?? "" }], 1);
    step(state, [{ kind: "ack", type: "routes", nonce: rds?.nonce ?? "" }], 1);
    const before = change(10, put(cluster("dead", 0, {})), put(routes("r", 2, ["dead"])));
    assert.deepEqual(
      before.sends.map((r) => r.type),
      ["cluster"],
    );
    assert.equal(before.wakeAt, 2_010);
    assert.deepEqual(step(state, [{ kind: "tick" }], 2_009).sends, []);
    const after = step(state, [{ kind: "tick" }], 2_010);
    assert.deepEqual(
      after.sends.map((r) => r.type),
      ["routes"],
    );
    assert.deepEqual(after.early, [{ type: "routes", name: "r", clusters: ["dead"] }]);
    assert.equal(acknowledged(state), 1);
  });

  test("a cluster that needs only to be read is waited for a moment, for Envoy may withhold acknowledgements", () => {
    const { state, first, change } = openStream([put(routes("r", 1, []))]);
    const [cds] = step(state, [{ kind: "open", type: "cluster", first }], 0).sends;
    step(state, [{ kind: "ack", type: "cluster", nonce: cds?.nonce ?? "" }], 1);
    const [rds] = step(
      state,
      [{ kind: "open", type: "routes", first: { ...first, wildcard: false, names: ["r"] } }],
      2,
    ).sends;
    step(state, [{ kind: "ack", type: "routes", nonce: rds?.nonce ?? "" }], 3);
    const { wakeAt } = change(10, put(cluster("static", 1, {})), put(routes("r", 2, ["static"])));
    assert.equal(wakeAt, 10 + defaultOrderOptions.immediateWaitMs);
    const { sends, early } = step(state, [{ kind: "tick" }], wakeAt ?? 0);
    assert.deepEqual([sends.map((r) => r.type), early], [["routes"], []]);
  });

  test("a cluster that chains of connections named outlives their drain; one of routes, requests in flight", () => {
    for (const [named, grace] of [
      [{ ...listener("l", 1), clusters: [["c"]] }, defaultOrderOptions.drainMs],
      [routes("l", 1, ["c"]), defaultOrderOptions.removalGraceMs],
    ] as const) {
      const without = named.type === "listener" ? listener("l", 2) : routes("l", 2, []);
      const { state, first, change } = openStream([put(cluster("c", 1, {})), put(named)]);
      const begin = named.type === "routes" ? { ...first, wildcard: false, names: ["l"] } : first;
      const opened = (["cluster", "listener", "routes"] as const)
        .filter((type) => type !== "routes" || named.type === "routes")
        .map((type) => ({ kind: "open" as const, type, first: type === named.type ? begin : first }));
      acknowledge(state, step(state, opened, 0).sends, 1);
      acknowledge(state, change(10, { type: "cluster", name: "c" }, put(without)).sends, 20);
      const removals = (now: number) => step(state, [{ kind: "tick" }], now).sends.flatMap(({ removed }) => removed);
      assert.deepEqual(removals(20 + grace - 1), [], named.type);
      assert.deepEqual(removals(20 + grace), ["c"], named.type);
    }
  });

  test("new scopes come before the one around them, and those that are gone leave after it", () => {
    const before = [put(scope("h|2|0", 1)), put(scope("h|2|1", 1)), put(scope("h", 1, [], "h|2|")), put(scope("a", 1))];
    const { state, first, change } = openStream(before);
    const sent = (sends: readonly Response[]) =>
      sends.map(({ resources, removed }) => [
        ...resources.map(({ name }) => name),
        ...removed.map((name) => `-${name}`),
      ]);
    const opened = step(
      state,
      [
        { kind: "open", type: "cluster", first },
        { kind: "open", type: "scope", first },
      ],
      0,
    );
    assert.deepEqual(sent(opened.sends), [[], ["h|2|0", "h|2|1", "a"]]);
    const nonces = opened.sends.map(({ type, nonce }) => ({ kind: "ack" as const, type, nonce }));
    const led = step(state, nonces, 1).sends;
    assert.deepEqual(sent(led), [["h"]]);
    acknowledge(state, led, 2);
    const gone = ["h|2|0", "h|2|1"].map((name) => ({ type: "scope", name }) as const);
    const more = [put(cluster("c", 1, { slow: true })), put(scope("h|1|0", 1, ["c"])), put(scope("h", 2, [], "h|1|"))];
    const early = change(3, ...more, ...gone, { type: "scope", name: "a" });
    assert.deepEqual(sent(early.sends), [["c"], ["-a"]], "what nothing leads to leaves at once");
    const warm = step(
      state,
      early.sends.map(({ type, nonce }) => ({ kind: "ack" as const, type, nonce })),
      4,
    ).sends;
    assert.deepEqual(sent(warm), [["h|1|0"]]);
    const acks = (sends: readonly Response[]) =>
      sends.map(({ type, nonce }) => ({ kind: "ack" as const, type, nonce }));
    const lead = step(state, acks(warm), 5).sends;
    assert.deepEqual(sent(lead), [["h"]]);
    assert.deepEqual(sent(step(state, acks(lead), 6).sends), [["-h|2|0", "-h|2|1"]]);
  });

  test("of a refused batch only the refused cluster is kept back, by name", () => {
    const names = ["a", "b", "c", "d", "e"];
    const { state, first } = openStream(names.map((name) => put(cluster(name, 1, {}))));
    let { sends } = step(state, [{ kind: "open", type: "cluster", first }], 0);
    const refusals: string[] = [];
    const taken: string[] = [];
    for (let now = 1; sends.length > 0; now++) {
      assert.ok(now < 20);
      const [response] = sends;
      assert.ok(response);
      const bad = response.resources.some((x) => x.name === "d");
      const { type, nonce } = response;
      if (!bad) taken.push(...response.resources.map((x) => x.name));
      const output = step(
        state,
        [bad ? { kind: "nack", type, nonce, message: "no" } : { kind: "ack", type, nonce }],
        now,
      );
      refusals.push(...output.refusals.map((r) => `${r.name} ${r.version} ${r.message}`));
      sends = [...output.sends];
    }
    assert.deepEqual(refusals, ["d cluster-d-1 no"]);
    assert.deepEqual(taken.sort(), ["a", "b", "c", "e"]);
  });
});
