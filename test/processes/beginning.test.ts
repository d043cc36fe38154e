/**
 * The beginning of a configuration, before all of it is compiled: an Envoy that has just started is given clusters and
 * endpoints while routes are still on their way, and one that serves goes on as it is.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Refused } from "../../src/control/xds/refusal.ts";
import { freePort } from "../envoy/free-port.ts";
import { edsCluster, endpoints, listener, put, routes, staticCluster } from "./resources.ts";
import { until } from "./running.ts";
import { get, type ServedEnvoy, startServedEnvoy } from "./served-envoy.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

const refusals: Refused[] = [];
let envoy: ServedEnvoy;
let port: number;
let upstream: Upstream;

before(async () => {
  upstream = await startUpstream();
  port = await freePort();
  envoy = await startServedEnvoy({ onRefusal: (refused) => void refusals.push(refused) });
});
after(async () => {
  await envoy.close();
  upstream.close();
});

/** Clusters that Envoy can use, those of its bootstrap and one that is refused excepted. */
async function clusters(): Promise<readonly string[]> {
  const { body } = await envoy.admin.get("/clusters");
  const names = [...body.matchAll(/^(\w+)::default_priority::max_connections/gm)].map(([, name = ""]) => name);
  return names.filter((name) => /^(own|moved|fixed)$/.test(name)).sort();
}

test("an Envoy that starts has clusters before there is a listener, and hears of no end", async () => {
  const { xds } = envoy;
  await until(async () => xds.statistics().streams === 1);
  xds.update(
    put(
      edsCluster("own"),
      staticCluster("fixed", upstream.port),
      staticCluster("bad", upstream.port, {
        lb_policy: "RING_HASH",
        ring_hash_lb_config: { minimum_ring_size: "9000000" },
      }),
    ),
  );
  // Envoy asks for endpoints that come only later, and must not be told that there are none.
  xds.update(put(endpoints("own", upstream.port)));
  await until(async () => (await clusters()).join() === "fixed,own");
  assert.deepEqual(refusals, [], "nobody can look yet for who is to blame");
  assert.equal(xds.acknowledged(), 0);

  const last = xds.update(put(listener("web", port), routes("web", "first", ["own", "fixed"])));
  xds.open();
  await xds.whenAcknowledged(last);
  assert.equal(await get(port, "/own/"), "200 upstream");
  assert.equal(await get(port, "/fixed/"), "200 upstream");
  assert.deepEqual(
    refusals.map(({ name }) => name),
    ["bad"],
  );
});

test("one that serves is given nothing until everything is there, and goes on meanwhile", async () => {
  const xds = await envoy.restartServer();
  xds.update(put(edsCluster("moved"), endpoints("moved", upstream.port)));
  await until(async () => xds.statistics().streams === 1);
  for (let i = 0; i < 20; i++) assert.equal(await get(port, "/own/"), "200 upstream");
  assert.deepEqual(xds.statistics().responses, {
    ...xds.statistics().responses,
    cluster: 0,
    endpoints: 0,
    listener: 0,
  });

  const all = [
    edsCluster("own"),
    endpoints("own", upstream.port),
    staticCluster("fixed", upstream.port),
    listener("web", port),
  ];
  const last = xds.update(put(...all, routes("web", "second", ["own", "fixed", "moved"])));
  xds.open();
  await xds.whenAcknowledged(last);
  assert.equal(await get(port, "/moved/"), "200 upstream");
  assert.equal(await get(port), "200 second");
});
