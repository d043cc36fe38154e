/** What clients and probes see of an instance that is asked to end. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect } from "node:http2";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Running, startRunning } from "./running.ts";

let upstream: Server;
let running: Running;
/** What the upstream was asked and has not answered. */
const pending: ServerResponse[] = [];

before(async () => {
  upstream = createServer((incoming, response) => {
    if (incoming.url === "/quick") response.end("quick");
    else {
      response.write("begun ");
      pending.push(response);
    }
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
});
after(async () => {
  await running.close();
  upstream.closeAllConnections();
  upstream.close();
});

async function start(environment: NodeJS.ProcessEnv = {}): Promise<void> {
  const service = `127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const spec = { hostname: "*", prefix: "/", service, timeout_ms: 0 };
  const metadata = { name: "all" };
  const mapping = JSON.stringify({ apiVersion: "getambassador.io/v3alpha1", kind: "Mapping", metadata, spec });
  running = await startRunning({ "a.yaml": mapping }, running, environment);
  await running.ready;
}

async function get(path: string, agent: Agent): Promise<IncomingMessage> {
  const outgoing = request({ host: "127.0.0.1", port: running.port, path, agent });
  outgoing.end();
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  incoming.setEncoding("utf8");
  return incoming;
}

async function rest(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of incoming as AsyncIterable<string>) text += part;
  return text;
}

async function shuttingDown(): Promise<void> {
  running.keeper.kill("SIGTERM");
  while ((await running.control("/ambassador/v0/check_ready")) === "ready\n");
}

test("readiness goes, what is under way is finished, and connections are given back", async () => {
  await start();
  assert.equal(await running.control("/ambassador/v0/check_ready"), "ready\n");
  const agent = new Agent({ keepAlive: true });
  const open = await get("/slow", agent);
  const kept = await get("/quick", agent);
  assert.deepEqual([await rest(kept), kept.headers.connection], ["quick", undefined]);
  const session = connect(`http://127.0.0.1:${running.port}`);
  await once(session, "connect");
  const goneAway = once(session, "goaway");
  await shuttingDown();
  assert.equal(await running.control("/ambassador/v0/check_ready"), "Envoy does not serve, or is being shut down\n");
  assert.equal(await running.control("/ambassador/v0/check_alive"), "alive\n");
  const last = await get("/quick", agent);
  assert.deepEqual([await rest(last), last.headers.connection], ["quick", "close"]);
  const stream = session.request({ ":path": "/quick" });
  stream.resume();
  await Promise.all([once(stream, "end"), goneAway]);
  pending.shift()?.end("and finished");
  assert.equal(await rest(open), "begun and finished");
  assert.deepEqual(await once(running.keeper, "exit"), [0, null]);
  session.destroy();
  agent.destroy();
});

test("a stream that does not end is cut when the time is over", async () => {
  await start();
  const agent = new Agent();
  const endless = await get("/endless", agent);
  const cut = assert.rejects(rest(endless), { code: "ECONNRESET" });
  await shuttingDown();
  assert.deepEqual(await once(running.keeper, "exit"), [0, null]);
  await cut;
  agent.destroy();
});

test("who has not heard of the end yet is served for as long as it is asked to linger", async () => {
  await start({ LINGER_MS: "60000" });
  await shuttingDown();
  const agent = new Agent();
  // Longer than without lingering, with nothing under way.
  for (const end = performance.now() + 1_500; performance.now() < end; await pause(50)) {
    assert.equal(await rest(await get("/quick", agent)), "quick");
  }
  running.keeper.kill("SIGTERM");
  assert.deepEqual(await once(running.keeper, "exit"), [130, null]);
  agent.destroy();
});
