/** Queries against a stand-in that speaks Consul's HTTP API: what they ask, what they say, and how they fail. */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, test } from "node:test";
import { type ConsulAnswer, type ConsulService, consulKey } from "#compiler";
import { openMaterial } from "../../../../test/envoy/material.ts";
import { type ConsulAgent, startConsulAgent } from "../../../../test/processes/consul-agent.ts";
import { type ConsulIdentity, type ConsulWatch, watchConsul } from "./consul.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A watch, and what it has said last of each service, by name. */
interface Watched {
  readonly watch: ConsulWatch;
  readonly said: ReadonlyMap<string, ConsulAnswer | undefined>;
  /** Resolves when it says this of a service. */
  says(name: string, answer: ConsulAnswer | undefined): Promise<void>;
  want(...names: readonly string[]): void;
}

async function agent(): Promise<ConsulAgent> {
  const started = await startConsulAgent();
  closers.push(started.stop);
  return started;
}

function watch(url: string, identity?: ConsulIdentity): Watched {
  const said = new Map<string, ConsulAnswer | undefined>();
  const news = new EventEmitter();
  const watched = watchConsul((key, answer) => {
    said.set(key.slice(key.lastIndexOf("/") + 1), answer);
    news.emit("news");
  }, identity);
  closers.push(watched.close);
  return {
    watch: watched,
    said,
    async says(name, answer) {
      const wanted = JSON.stringify(answer);
      const signal = AbortSignal.timeout(20_000);
      const isSaid = () => said.has(name) && JSON.stringify(said.get(name)) === wanted;
      while (!isSaid()) await once(news, "news", { signal });
    },
    want: (...names) => watched.want(names.map((name) => keyed(url, name))),
  };
}

function keyed(url: string, name: string): readonly [string, ConsulService] {
  const ref = { group: "getambassador.io", kind: "ConsulResolver", namespace: "default", name: "consul" };
  const service = { agent: url, datacenter: "dc1", name };
  return [consulKey(service), { ...service, origin: { ref, path: "" } }];
}

const at = (...ports: readonly number[]): ConsulAnswer => ({
  endpoints: ports.map((port) => ({ address: "127.0.0.1", port })),
});

test("instances come, change and go, each as soon as Consul knows", async () => {
  const consul = await agent();
  const { want, says } = watch(consul.url);
  want("cart");
  await says("cart", at());
  consul.register("cart", [{ id: "one", port: 81 }]);
  await says("cart", at(81));
  consul.register("cart", [
    { id: "two", address: "", node: "127.0.0.2", port: 82 },
    { id: "one", port: 81 },
    { id: "three", port: 83, status: "critical" },
  ]);
  await says("cart", { endpoints: [...(at(81).endpoints ?? []), { address: "127.0.0.2", port: 82 }] });
  consul.register("cart", []);
  await says("cart", at());
  await consul.until(() => consul.waiting() === 1);
  assert.deepEqual(consul.questions[0], { service: "cart", datacenter: "dc1", index: 0, wait: "", token: undefined });
  assert.deepEqual([consul.questions.at(-1)?.index, consul.questions.at(-1)?.wait], [13, "60s"]);
});

test("an index that goes back starts anew", async () => {
  const consul = await agent();
  const { want, says } = watch(consul.url);
  consul.register("cart", [{ id: "one", port: 81 }]);
  want("cart");
  await says("cart", at(81));
  await consul.until(() => consul.waiting() === 1);
  consul.restore(3);
  await consul.until(() => consul.waiting() === 1 && consul.questions.at(-1)?.index === 3);
  assert.deepEqual(
    consul.questions.map(({ index }) => index),
    [0, 11, 0, 3],
  );
  consul.register("cart", [{ id: "two", port: 82 }]);
  await says("cart", at(82));
});

test("while Consul is away the last answer stays, and trouble is told when it lasts", async () => {
  const consul = await agent();
  const { want, says } = watch(consul.url);
  consul.register("cart", [{ id: "one", port: 81 }]);
  want("cart");
  await says("cart", at(81));
  await consul.stop();
  await says("cart", { ...at(81), trouble: "nothing listens there" });
  consul.register("cart", [{ id: "two", port: 82 }]);
  await consul.start();
  await says("cart", at(82));
});

test("a Consul that was never there is told at once", async () => {
  const consul = await agent();
  await consul.stop();
  const { watch: watched, want, says } = watch(consul.url);
  want("cart");
  await says("cart", { trouble: "nothing listens there" });
  await watched.asked();
  await consul.start();
  await says("cart", at());
});

test("a service that nobody wants is not asked for", async () => {
  const consul = await agent();
  const { want, says, said } = watch(consul.url);
  want("cart", "basket");
  await consul.until(() => consul.waiting() === 2);
  want("basket");
  await consul.until(() => consul.waiting() === 1);
  assert.equal(said.get("cart"), undefined);
  assert.equal(said.has("cart"), true);
  want("basket", "cart");
  await says("cart", at());
});

test("the token goes to Consul and nowhere else", async () => {
  const consul = await agent();
  consul.refuse({ status: 403, body: "Permission denied: token hunter2 lacks permission\n" });
  const { want, says } = watch(consul.url, { token: "hunter2" });
  want("cart");
  const trouble = "it answers 403 (Permission denied: token [token removed] lacks permission)";
  await says("cart", { trouble });
  assert.equal(consul.questions[0]?.token, "hunter2");
});

test("Consul says when it wants to be asked again", async () => {
  const consul = await agent();
  const { want, says } = watch(consul.url);
  consul.refuse({ status: 429, body: "", headers: { "retry-after": "1" } });
  want("cart");
  await says("cart", { trouble: "it answers 429" });
  consul.refuse(undefined);
  await says("cart", at());
  assert.equal(consul.questions.length, 2);
});

test("a Consul that does not wait is not asked without end", async () => {
  const asked: number[] = [];
  const server = createServer((_, response) => {
    asked.push(performance.now());
    response.setHeader("x-consul-index", "0").end("[]");
  });
  const url = await listen(server);
  const { want, says } = watch(url);
  want("cart");
  await says("cart", at());
  await once(server, "request");
  await once(server, "request");
  // Never sooner than after pauses of 100 and 200 ms; a slow machine only makes them longer.
  const [first = 0, , third = 0] = asked;
  assert.ok(third - first > 250, `three questions in ${third - first} ms`);
});

test("over TLS, with the authorities that are given", async () => {
  const material = openMaterial();
  const { certificate: cert, key } = material.certificate("consul:consul.test,localhost");
  const url = await listen(createTlsServer({ cert, key }, (_, response) => response.end("[]")));
  const secure = url.replace("http://127.0.0.1", "https://localhost");
  const trusting = watch(secure, { authorities: material.authority("harness") });
  trusting.want("cart");
  await trusting.says("cart", at());
  const untrusted =
    "its certificate is from an authority that is not trusted here (CONSUL_CACERT names those that are)";
  const doubting = watch(secure);
  doubting.want("cart");
  await doubting.says("cart", { trouble: untrusted });
});

const strange: readonly (readonly [body: string, trouble: string])[] = [
  ["<html>", "its answer is not a list of instances"],
  ["{}", "its answer is not a list of instances"],
  [`[${"0,".repeat(10_000)}0]`, "it lists 10001 instances, more than 10000"],
  [`[${" ".repeat(16 * 2 ** 20)}]`, "its answer has more than 16 MiB"],
];

for (const [body, trouble] of strange) {
  test(`what is no answer is trouble: ${trouble}`, async () => {
    const { want, says } = watch(await listen(createServer((_, response) => response.end(body))));
    want("cart");
    await says("cart", { trouble });
  });
}

test("more services than connections have their turns", async () => {
  const consul = await agent();
  const names = Array.from({ length: 170 }, (_, i) => `service-${i}`);
  for (const [i, name] of names.entries()) consul.register(name, [{ id: name, port: 1000 + i }]);
  const { want, watch: watched, said } = watch(consul.url);
  want(...names);
  await watched.asked();
  assert.deepEqual(
    names.map((name) => said.get(name)?.endpoints?.[0]?.port),
    names.map((_, i) => 1000 + i),
  );
  await consul.until(() => consul.waiting() === 150);
  assert.equal(consul.questions.find(({ index }) => index > 0)?.wait, "52s");
});

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
