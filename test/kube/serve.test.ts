/** A cluster's configuration, served: what kubectl applies is what requests see. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Backend, serviceOf, sliceOf, startBackend } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import { custom, openHost } from "./custom.ts";
import { type Gateway, startGateway } from "./gateway.ts";

let cluster: Cluster;
let first: Backend;
let second: Backend;
let gateway: Gateway;

before(async () => {
  cluster = await startCluster();
  [first, second] = await Promise.all([startBackend("first"), startBackend("second")]);
  await installCrds(cluster);
  await cluster.apply(...serviceOf("quote", first), openHost, mapping("quote", "/quote/"));
  gateway = await startGateway(cluster.kubeconfig);
});
after(async () => {
  gateway?.program.kill();
  await Promise.all([first?.close(), second?.close()]);
  await cluster?.stop();
});

const mapping = (name: string, prefix: string) => custom("Mapping", name, { hostname: "*", prefix, service: "quote" });

test("what is there at the start is served", async () => {
  assert.equal(await gateway.get("/quote/x"), "first /x");
});

test("a Mapping that is applied, changed and deleted", async () => {
  await cluster.apply(mapping("more", "/more/"));
  await gateway.until("/more/x", "first /x");
  await cluster.apply(mapping("more", "/even-more/"));
  await gateway.until("/even-more/x", "first /x");
  await gateway.until("/more/x", "404");
  await cluster.kubectl(["delete", "mapping", "more"]);
  await gateway.until("/even-more/x", "404");
});

test("an endpoint that moves", async () => {
  await cluster.apply(sliceOf("quote", second));
  await gateway.until("/quote/x", "second /x");
});

test("an API server that is away: traffic goes on, and what changed afterwards is served", async () => {
  await cluster.killApiServer();
  await gateway.program.said(/the API server gives no answer/);
  assert.equal(await gateway.get("/quote/x"), "second /x");
  await cluster.restartApiServer();
  await cluster.apply(sliceOf("quote", first));
  await gateway.until("/quote/x", "first /x");
});
