/**
 * Envoys that read nothing and Envoys that acknowledge nothing: the others get every change meanwhile, what waits for
 * the slow ones is one response of each type at most, and they get what is newest when they go on.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { encodedBytes } from "#compiler";
import { serveXds, type XdsServer } from "../../src/control/xds/server.ts";
import { connectDeltaClient, type DeltaClient, type Received } from "./delta-client.ts";
import { listener, put, routes, staticCluster } from "./resources.ts";
import { until } from "./running.ts";

/** More than a stream buffers. */
const text = "x".repeat(200_000);
const table = (text: string) => routes("web", text, ["one"]);
const changes = 100;

let directory: string;
let xds: XdsServer;
let [quick, deaf, mute]: DeltaClient[] = [];

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "dragoman-slow-"));
  const socketPath = join(directory, "xds.sock");
  xds = await serveXds({ socketPath });
  xds.update(put(listener("web", 1), table("first"), staticCluster("one", 1)));
  xds.open();
  const connect = (node: string, more = {}) => connectDeltaClient({ address: `unix:${socketPath}`, node, ...more });
  [quick, deaf, mute] = [connect("quick"), connect("deaf"), connect("mute", { hesitant: true })];
  for (const client of [quick, deaf, mute]) client.subscribe("routes", ["web"]);
});
after(async () => {
  for (const client of [quick, deaf, mute]) client?.close();
  await xds.close();
  await rm(directory, { recursive: true, force: true });
});

const bytesTo = (node: string): number => xds.envoys().find((one) => one.node === node)?.bytes ?? 0;

const acknowledged = (node: string): number | undefined => xds.envoys().find((one) => one.node === node)?.acknowledged;

/** Waits until a client has had a number of responses of a type, and gives what else it has had. */
async function took(client: DeltaClient | undefined, type: string, count: number): Promise<readonly Received[]> {
  const all: Received[] = [];
  await until(async () => {
    all.push(...(client?.take() ?? []));
    return all.filter((one) => one.type === type).length >= count;
  });
  return all;
}

test("they keep nobody waiting, and nothing heaps up for them", async () => {
  await took(quick, "routes", 1);
  await took(deaf, "routes", 1);
  const first = await took(mute, "listener", 1);
  deaf?.pause(true);
  await pause(50);
  const [forDeaf, forMute] = [bytesTo("deaf"), bytesTo("mute")];
  let newest = table("first");
  for (let i = 0; i < changes; i++) {
    newest = table(`${text} ${i}`);
    xds.update(put(newest));
    await took(quick, "routes", 1);
  }
  const size = encodedBytes(newest).length;
  assert.ok(bytesTo("quick") > changes * size);
  assert.ok(bytesTo("deaf") - forDeaf < 3 * size, `${bytesTo("deaf") - forDeaf} bytes wait for who reads nothing`);
  assert.equal(bytesTo("mute"), forMute, "nothing follows what is not acknowledged");
  const all = [...first, ...(mute?.take() ?? [])];
  assert.equal(all.filter(({ type }) => type === "listener").length, 1);
  assert.equal(all.filter(({ type }) => type === "routes").length, 1);

  deaf?.pause(false);
  await until(async () => acknowledged("deaf") === xds.snapshot.number);
  assert.ok(bytesTo("deaf") - forDeaf < 4 * size, "only what is newest is sent");
  await until(async () => {
    mute?.acknowledge();
    return acknowledged("mute") === xds.snapshot.number;
  });
  assert.ok((mute?.take().filter(({ type }) => type === "routes").length ?? 0) <= 2, "only what is newest is sent");
});
