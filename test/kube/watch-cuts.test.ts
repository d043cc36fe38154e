/**
 * A watch that is cut at random moments while objects come, change and go: the copy ends as a fresh list has it, every
 * time. CUTS is how often; 50 if nothing is said.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Client, openClient } from "../../src/control/kube/client.ts";
import { kubeconfigAccess } from "../../src/control/kube/kubeconfig.ts";
import { listPages } from "../../src/control/kube/list-pages.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { mirror } from "./mirror.ts";
import { openSeveredWay, type SeveredWay } from "./severed.ts";

const cuts = Number(process.env["CUTS"] ?? 50);
const names = 20;
const configMaps = { group: "", version: "v1", plural: "configmaps", kind: "ConfigMap", namespaced: true };
const path = "/api/v1/namespaces/default/configmaps";

let cluster: Cluster;
let admin: Client;
let watching: Client;
let way: SeveredWay;

before(async () => {
  cluster = await startCluster();
  way = await openSeveredWay(Number(new URL(cluster.server).port));
  const access = await kubeconfigAccess({ file: cluster.kubeconfig, env: {} });
  admin = openClient(access);
  watching = openClient({ ...access, server: `https://127.0.0.1:${way.port}` });
});
after(async () => {
  await Promise.all([admin?.close(), watching?.close()]);
  await way?.close();
  await cluster?.stop();
});

/** One random write. */
async function write(turn: number): Promise<void> {
  const name = `map-${Math.floor(Math.random() * names)}`;
  const at = `${path}/${name}`;
  if (Math.random() < 0.3) {
    await admin.ask({ method: "DELETE", path: at }).catch((error: Error & { status?: number }) => {
      if (error.status !== 404) throw error;
    });
    return;
  }
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { turn: String(turn) } };
  const contentType = "application/apply-patch+yaml";
  await admin.ask({ method: "PATCH", path: at, query: { fieldManager: "test", force: true }, contentType, body });
}

async function listed(): Promise<ReadonlyMap<string, unknown>> {
  const { items } = await listPages(admin, { path }, ({ metadata, data }) => {
    return [`default/${(metadata as { name: string }).name}`, data] as const;
  });
  return new Map(items);
}

test(`${cuts} cuts`, async () => {
  const seen = mirror(watching, [configMaps], "default");
  await seen.until(() => seen.states.at(-1) === "following");
  let cut = 0;
  for (let turn = 0; cut < cuts; turn++) {
    await write(turn);
    if (Math.random() < 0.5) cut += way.cut() > 0 ? 1 : 0;
    // Sometimes it has time to connect again and sometimes it has not.
    await pause(Math.random() * 60);
  }
  const wanted = await listed();
  const isSame = () => {
    const same = [...wanted].every(([key, data]) => JSON.stringify(seen.copy.get(key)) === JSON.stringify(data));
    return same && seen.copy.size === wanted.size;
  };
  await seen.until(isSame);
  assert.deepEqual([...seen.copy].sort(), [...wanted].sort());
  await seen.stop();
});
