/**
 * Watches that are cut at random moments while objects come, change and go: after each round of cuts every copy is what
 * a fresh list has. CUTS is how many cuts; 50 if nothing is said.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { equal } from "#base/equal.ts";
import type { Access } from "../../src/control/kube/access.ts";
import { type Client, openClient } from "../../src/control/kube/client.ts";
import { kubeconfigAccess } from "../../src/control/kube/kubeconfig.ts";
import { listPages } from "../../src/control/kube/list-pages.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { type Mirror, mirror } from "./mirror.ts";
import { openSeveredWay, type SeveredWay } from "./severed.ts";

const cuts = Number(process.env["CUTS"] ?? 50);
/** So many copies are cut in one round, each by itself: a copy waits for up to a second before it connects again. */
const copies = 10;
const writesPerRound = 20;
const names = 20;
const patienceMs = 60_000;
const configMaps = { group: "", version: "v1", plural: "configmaps", kind: "ConfigMap", namespaced: true };
const path = "/api/v1/namespaces/default/configmaps";

let cluster: Cluster;
let admin: Client;
let watches: readonly Watch[] = [];

/** A copy, and the way on which it is kept. */
interface Watch {
  readonly client: Client;
  readonly way: SeveredWay;
  readonly seen: Mirror;
}

before(async () => {
  cluster = await startCluster();
  const access = await kubeconfigAccess({ file: cluster.kubeconfig, env: {} });
  admin = openClient(access);
  watches = await Promise.all(Array.from({ length: copies }, () => openWatch(access)));
});
after(async () => {
  for (const { client, way, seen } of watches) {
    await seen.stop();
    await client.close();
    await way.close();
  }
  await admin?.close();
  await cluster?.stop();
});

async function openWatch(access: Access): Promise<Watch> {
  const way = await openSeveredWay(Number(new URL(cluster.server).port));
  const client = openClient({ ...access, server: `https://127.0.0.1:${way.port}` });
  return { client, way, seen: mirror(client, [configMaps], "default") };
}

/** One random write. */
async function write(text: string): Promise<void> {
  const name = `map-${Math.floor(Math.random() * names)}`;
  const at = `${path}/${name}`;
  if (Math.random() < 0.3) {
    await admin.ask({ method: "DELETE", path: at }).catch((error: Error & { status?: number }) => {
      if (error.status !== 404) throw error;
    });
    return;
  }
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { text } };
  const contentType = "application/apply-patch+yaml";
  await admin.ask({ method: "PATCH", path: at, query: { fieldManager: "test", force: true }, contentType, body });
}

async function listed(): Promise<ReadonlyMap<string, unknown>> {
  const { items } = await listPages(admin, { path }, ({ metadata, data }) => {
    return [`default/${(metadata as { name: string }).name}`, data] as const;
  });
  return new Map(items);
}

/** Cuts a way once while objects are written, whenever that may be; gives how many connections that broke. */
async function cutOnce({ way }: Watch, hasEnded: () => boolean): Promise<number> {
  await pause(Math.random() * 100);
  for (;;) {
    const broken = way.cut();
    if (broken > 0 || hasEnded()) return broken;
    // It is not connected again yet.
    await pause(Math.random() * 20);
  }
}

async function round(turn: number): Promise<number> {
  let isOver = false;
  const cutting = Promise.all(watches.map((watch) => cutOnce(watch, () => isOver)));
  for (let i = 0; i < writesPerRound; i++) await write(`${turn} ${i}`);
  isOver = true;
  const broken = (await cutting).filter((count) => count > 0).length;
  const wanted = await listed();
  const isWanted = ({ seen: { copy } }: Watch): boolean =>
    copy.size === wanted.size && [...wanted].every(([key, data]) => equal(copy.get(key), data));
  const all = Promise.all(watches.map((watch) => watch.seen.until(() => isWanted(watch))));
  await Promise.race([all, pause(patienceMs, undefined, { ref: false })]);
  for (const { seen } of watches) assert.deepEqual([...seen.copy].sort(), [...wanted].sort());
  return broken;
}

test(`${cuts} cuts`, async (t) => {
  await Promise.all(watches.map(({ seen }) => seen.until(() => seen.states.at(-1) === "following")));
  let done = 0;
  let rounds = 0;
  for (; done < cuts; rounds++) done += await round(rounds);
  t.diagnostic(`${done} cuts in ${rounds} rounds, after each of which ${copies} copies were a fresh list`);
});
