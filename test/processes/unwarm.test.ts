/**
 * A health check that falls into a black hole, a client secret that is missing and a name without an answer, among many
 * clusters of a real Envoy: what else is edited does not wait for them, though Envoy withholds its acknowledgements.
 * ORDER_CLUSTERS says how many; ORDER_MS, by how much an edit may be slower (nothing is said without it).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freePort } from "../envoy/free-port.ts";
import { edsCluster, endpoints, listener, put, routes, staticCluster } from "./resources.ts";
import { until } from "./running.ts";
import { get, type ServedEnvoy, startServedEnvoy } from "./served-envoy.ts";
import { cannotWarm } from "./unwarm.ts";
import { startSilent, startUpstream, type Upstream } from "./upstream.ts";

const many = Number(process.env["ORDER_CLUSTERS"] ?? 1_000);
const mostMs = Number(process.env["ORDER_MS"] ?? Number.POSITIVE_INFINITY);
const rounds = 15;

const early: string[] = [];
const named: string[] = [];
let envoy: ServedEnvoy;
let port: number;
let upstream: Upstream;
let silent: Upstream;

before(async () => {
  upstream = await startUpstream();
  silent = await startSilent();
  port = await freePort();
  envoy = await startServedEnvoy({ onEarly: ({ name }) => void early.push(name) });
  const all = Array.from({ length: many }, (_, i) => [edsCluster(`c${i}`), endpoints(`c${i}`, upstream.port)]);
  envoy.xds.update(put(listener("web", port), routes("web", "first"), ...all.flat()));
  envoy.xds.open();
  await envoy.xds.whenAcknowledged(1);
});
after(async () => {
  await envoy.close();
  for (const server of [upstream, silent]) server.close();
});

const kinds = {
  "a route changes": () => [],
  "a cluster with an address comes": (name: string) => [staticCluster(name, upstream.port)],
  "a cluster with endpoints comes": (name: string) => [edsCluster(name), endpoints(name, upstream.port)],
};

/** The median of what each kind of edit takes until it is served, in milliseconds. */
async function edits(when: string): Promise<readonly number[]> {
  const medians: number[] = [];
  for (const [kind, make] of Object.entries(kinds)) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const text = `${kind.replaceAll(" ", "-")}-${when}-${round}`;
      const resources = make(text);
      if (resources.length > 0) named.push(text);
      const start = performance.now();
      envoy.xds.update(put(...resources, routes("web", text, named)));
      // Asked rarely, an edit of 3 ms would take 3 or 14.
      await until(async () => (await get(port)) === `200 ${text}`, 1);
      times.push(performance.now() - start);
      if (resources.length > 0) assert.equal(await get(port, `/${text}/`), "200 upstream");
    }
    medians.push(times.toSorted((a, b) => a - b)[rounds >> 1] ?? 0);
  }
  return medians;
}

test("nothing waits for what cannot warm", async () => {
  const alone = await edits("alone");
  const bad = cannotWarm(silent.port);
  envoy.xds.update(put(...bad));
  const beside = await edits("beside");
  assert.ok(envoy.xds.acknowledged() < envoy.xds.snapshot.number, "Envoy withholds acknowledgements meanwhile");
  assert.deepEqual(early, [], "nothing was sent by running out of time");
  const words = Object.keys(kinds).map((kind, i) => `${kind}: ${alone[i]?.toFixed()} and ${beside[i]?.toFixed()} ms`);
  console.log(`among ${many} clusters, alone and beside ${bad.length} resources that cannot warm: ${words.join("; ")}`);
  beside.forEach((ms, i) => {
    assert.ok(ms <= (alone[i] ?? 0) + mostMs, words[i]);
  });
});
