/**
 * An API server that is away while requests come at a constant rate: none fails, the process stays the same, and what
 * was changed meanwhile is served when the server is back, as is what is created at once. OUTAGE is in seconds, RPS
 * requests a second; with SOAK the time from its return to the answers is asserted too.
 */

import assert from "node:assert/strict";
import { Agent } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { answerOf } from "../answer.ts";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { type Backend, serviceOf, startBackend } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import { custom, openHost } from "./custom.ts";

const seconds = Number(process.env["OUTAGE"] ?? 5);
const rate = Number(process.env["RPS"] ?? 100);
let cluster: Cluster;
let backend: Backend;
let gateway: Program;
let port: number;

/** A machine that is busy makes answers late, and that is not what is tried here. */
const patience = { timeout_ms: 60_000, connect_timeout_ms: 60_000 };
const mapping = (name: string) =>
  custom("Mapping", name, { hostname: "*", prefix: `/${name}/`, service: "quote", ...patience });

before(async () => {
  cluster = await startCluster();
  [backend, port] = await Promise.all([startBackend("it"), freePort()]);
  await installCrds(cluster);
  await cluster.apply(...serviceOf("quote", backend), openHost, mapping("quote"));
  // An administrator is let in by a server that does not know yet who else may do what.
  const account = await cluster.serviceAccount("default", "gateway", ["cluster-admin"]);
  const kubeconfig = await cluster.writeKubeconfig("gateway", { token: cluster.token(account) });
  gateway = startProgram(["run", "--kubeconfig", kubeconfig, "--port", `8080:${port}`]);
  await gateway.line(/^ready/);
});
after(async () => {
  gateway?.kill();
  await backend?.close();
  await cluster?.stop();
});

const mappings = "/apis/getambassador.io/v3alpha1/namespaces/default/mappings";

/** Resolves when a Mapping is served, with the ms that have passed by then. */
async function served(name: string, since: number): Promise<number> {
  while ((await ask(`/${name}/x`)) !== "200") await pause(10);
  return Math.round(performance.now() - since);
}

const agent = new Agent({ keepAlive: true, maxSockets: 50 });

function ask(path: string): Promise<string> {
  return answerOf({ port, path, agent }).then(
    ({ status }) => String(status),
    (error: Error) => error.message,
  );
}

/** Requests at a constant rate, whatever becomes of them, until it is stopped; gives how many there were of each end. */
function traffic() {
  const ends = new Map<string, number>();
  const open = new Set<Promise<void>>();
  const begun = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    // A timer that is late is made up for.
    for (const due = ((performance.now() - begun) * rate) / 1000; sent < due; sent++) {
      const one = ask("/quote/x").then((end) => {
        ends.set(end, (ends.get(end) ?? 0) + 1);
        open.delete(one);
      });
      open.add(one);
    }
  }, 1000 / rate);
  return async () => {
    clearInterval(timer);
    await Promise.all(open);
    return ends;
  };
}

test(`${seconds} s without an API server`, async (t) => {
  const stop = traffic();
  await cluster.killApiServer();
  await gateway.said(/the API server gives no answer/);
  await cluster.store("mappings", mapping("meanwhile"));
  await pause(seconds * 1000);
  await cluster.restartApiServer();
  const back = performance.now();
  const { status } = await cluster.ask("POST", mappings, mapping("later"));
  assert.equal(status, 201);
  const took = { meanwhile: await served("meanwhile", back), later: await served("later", back) };
  const ends = await stop();
  const answers = JSON.stringify(Object.fromEntries(ends));
  t.diagnostic(`answers: ${answers}; ms from the return until served: ${JSON.stringify(took)}`);
  assert.deepEqual([...ends.keys()], ["200"]);
  assert.doesNotMatch(gateway.output(), /has ended|may not be listed/);
  if (process.env["SOAK"]) assert.ok(Math.max(took.meanwhile, took.later) < 2000, JSON.stringify(took));
});
