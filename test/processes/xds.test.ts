/**
 * Serving to a real Envoy: changes, refusals, reconnections, slow clusters.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import type { Encoded } from "#compiler";
import type { SentEarly } from "../../src/control/xds/order.ts";
import type { Refused } from "../../src/control/xds/refusal.ts";
import { freePort } from "../envoy/free-port.ts";
import { edsCluster, endpoints, listener, put, refusedRoutes, routes, staticCluster } from "./resources.ts";
import { until } from "./running.ts";
import { get, type ServedEnvoy, startServedEnvoy } from "./served-envoy.ts";
import { cannotWarm } from "./unwarm.ts";
import { startSilent, startUpstream, type Upstream } from "./upstream.ts";

const graceMs = 300;

describe("serving a real Envoy", { concurrency: false }, () => {
  const refusals: Refused[] = [];
  const early: SentEarly[] = [];
  let envoy: ServedEnvoy;
  let port: number;
  let upstream: Upstream;

  before(async () => {
    upstream = await startUpstream();
    port = await freePort();
    envoy = await startServedEnvoy({
      order: { removalGraceMs: graceMs },
      onRefusal: (refused) => void refusals.push(refused),
      onEarly: (one) => void early.push(one),
    });
    envoy.xds.update(put(listener("web", port), routes("web", "first")));
    envoy.xds.open();
    await envoy.xds.whenAcknowledged(1);
  });

  after(async () => {
    await envoy.close();
    upstream.close();
  });

  async function serve(...change: readonly Encoded[]): Promise<void> {
    await envoy.xds.whenAcknowledged(envoy.xds.update(put(...change)));
  }

  async function ready(): Promise<void> {
    while (!(await envoy.admin.isReady())) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  test("what is acknowledged is served", async () => {
    await ready();
    assert.equal(await get(port), "200 first");
    await serve(routes("web", "second"));
    assert.equal(await get(port), "200 second");
  });

  test("a new EDS cluster and the route to it arrive together, without a request in between failing", async () => {
    await serve(edsCluster("a"), endpoints("a", upstream.port), routes("web", "third", ["a"]));
    assert.equal(await get(port, "/a/"), "200 upstream");
    assert.deepEqual(early, []);
  });

  test("a changed EDS cluster is acknowledged at once, because its endpoints are sent again", async () => {
    const before = performance.now();
    await serve(edsCluster("a", { connect_timeout: "2s" }));
    // Envoy itself would give up waiting for endpoints after 15 seconds.
    assert.ok(performance.now() - before < 10_000);
    assert.equal(await get(port, "/a/"), "200 upstream");
  });

  test("a cluster that nothing names any more is removed after the grace", async () => {
    const exists = async () => (await envoy.admin.get("/clusters")).body.includes("gone::");
    await serve(staticCluster("gone", upstream.port), routes("web", "fourth", ["gone"]));
    assert.ok(await exists());
    await serve(routes("web", "fifth", ["a"]));
    const number = envoy.xds.update([{ type: "cluster", name: "gone" }]);
    await envoy.xds.whenAcknowledged(number);
    assert.ok(await exists(), "requests in flight may still need it");
    while (await exists()) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  test("a refused table is named, never sent again, and the table before it stays", async () => {
    const bad = refusedRoutes("web");
    await serve(bad);
    assert.deepEqual(
      refusals.map(({ type, name, version, envoyVersion, nodeId }) => ({ type, name, version, envoyVersion, nodeId })),
      [{ type: "routes", name: "web", version: bad.version, envoyVersion: "1.40.0", nodeId: "test" }],
    );
    assert.match(refusals[0]?.message ?? "", /missing \)/);
    assert.equal(await get(port), "200 fifth");
    await serve(routes("web", "sixth", ["a"]));
    await serve(bad);
    assert.equal(refusals.length, 1);
    await serve(routes("web", "seventh", ["a"]));
    assert.equal(await get(port), "200 seventh");
  });

  test("a refused cluster among many is found, the others are taken", async () => {
    refusals.length = 0;
    const good = Array.from({ length: 30 }, (_, i) => staticCluster(`many-${i}`, upstream.port));
    const bad = staticCluster("bad", upstream.port, {
      lb_policy: "RING_HASH",
      ring_hash_lb_config: { minimum_ring_size: "9000000" },
    });
    await serve(...good.slice(0, 15), bad, ...good.slice(15));
    assert.deepEqual(
      refusals.map((refused) => refused.name),
      ["bad"],
    );
    const { body } = await envoy.admin.get("/clusters");
    for (const { name } of good) assert.ok(body.includes(`${name}::`), name);
    await envoy.xds.whenAcknowledged(envoy.xds.update([{ type: "cluster", name: "bad" }]));
  });

  test("a cluster that cannot warm holds back nothing else", async () => {
    const silent = await startSilent();
    envoy.xds.update(put(...cannotWarm(silent.port)));
    envoy.xds.update(put(edsCluster("b"), endpoints("b", upstream.port), routes("web", "eighth", ["a", "b"])));
    await until(async () => (await get(port)) === "200 eighth");
    assert.equal(await get(port, "/b/"), "200 upstream");
    envoy.xds.update(put(staticCluster("d", upstream.port), routes("web", "eighth and more", ["a", "b", "d"])));
    await until(async () => (await get(port)) === "200 eighth and more");
    assert.equal(await get(port, "/d/"), "200 upstream");
    assert.deepEqual(early, [], "it was not sent by running out of time");
    assert.ok(envoy.xds.acknowledged() < envoy.xds.snapshot.number, "Envoy withholds acknowledgements meanwhile");
    const names = ["hole", "secretless", "nowhere"];
    const gone = names.flatMap((name) => [
      { type: "cluster" as const, name },
      { type: "endpoints" as const, name },
    ]);
    await envoy.xds.whenAcknowledged(envoy.xds.update(gone));
    silent.close();
  });

  test("a warm Envoy that reconnects to a fresh server is sent nothing; a changed cluster still warms at once", async () => {
    const { snapshot } = envoy.xds;
    const types = ["cluster", "endpoints", "listener", "routes"] as const;
    const everything = types.flatMap((type) =>
      [...snapshot.names(type)].flatMap((name) => snapshot.get(type, name) ?? []),
    );
    let next = await envoy.restartServer();
    next.update(put(...everything));
    next.open();
    await next.whenAcknowledged(1);
    assert.deepEqual([...new Set(Object.values(next.statistics().responses))], [0]);

    next = await envoy.restartServer();
    next.update(put(...everything, edsCluster("a", { connect_timeout: "3s" }), routes("web", "ninth", ["a"])));
    next.open();
    await next.whenAcknowledged(1);
    const { cluster, endpoints: eds, listener: lds, routes: rds } = next.statistics().responses;
    assert.deepEqual({ cluster, eds, lds, rds }, { cluster: 1, eds: 1, lds: 0, rds: 1 });
    assert.equal(await get(port), "200 ninth");
  });

  test("a restarted Envoy is served everything again", async () => {
    await envoy.restartEnvoy();
    await ready();
    assert.equal(await get(port), "200 ninth");
    assert.equal(await get(port, "/a/"), "200 upstream");
  });

  test("a listener whose address is taken is refused by name, and taken when it is tried again later", async () => {
    refusals.length = 0;
    const other = createServer();
    other.listen(await freePort(), "127.0.0.1");
    await once(other, "listening");
    const { port: taken } = other.address() as AddressInfo;
    const late = listener("late", taken);
    await serve(late, routes("late", "late"), listener("third", await freePort()), routes("third", "third"));
    assert.deepEqual(
      refusals.map((refused) => refused.name),
      ["late"],
    );
    assert.match(refusals[0]?.message ?? "", /cannot bind/);
    other.close();
    await once(other, "close");
    envoy.xds.retry("listener", "late", late.version);
    await until(async () => (await get(taken).catch(() => "")) === "200 late");
  });

  test("state-of-the-world streams are refused with advice", async () => {
    const path = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
    const socket = (await envoy.admin.get("/config_dump")).body.match(/"path": "([^"]*xds\.sock)"/)?.[1];
    const client = new grpc.Client(`unix:${socket}`, grpc.credentials.createInsecure());
    const call = client.makeBidiStreamRequest(
      path,
      (x: Buffer) => x,
      (x) => x,
    );
    const [error] = (await once(call, "error")) as [grpc.ServiceError];
    assert.equal(error.code, grpc.status.UNIMPLEMENTED);
    assert.match(error.details, /DELTA_GRPC/);
    client.close();
  });
});
