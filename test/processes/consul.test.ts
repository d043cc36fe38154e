/**
 * Whole instances beside Consul: control is killed under load, and a Consul that accepts questions but answers none
 * holds nothing back.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { startConsulAgent } from "./consul-agent.ts";
import { startRunning, until } from "./running.ts";
import { get } from "./served-envoy.ts";

const resolver = (address: string): string => `
apiVersion: getambassador.io/v2
kind: ConsulResolver
metadata: { name: dc1 }
spec: { address: "${address}", datacenter: dc1 }
---
apiVersion: getambassador.io/v2
kind: Mapping
metadata: { name: cart }
spec: { prefix: /cart/, service: cart, resolver: dc1 }
---
apiVersion: getambassador.io/v2
kind: Mapping
metadata: { name: other }
spec: { prefix: /other/, service: "127.0.0.1:9", host_redirect: true }
`;

test("killing control under load fails no request for a service in Consul", async () => {
  await using upstream = await listening(createHttpServer((_, response) => response.end("cart")));
  const consul = await startConsulAgent({ slowMs: 300 });
  consul.register("cart", [{ id: "cart", port: upstream.port }]);
  const running = await startRunning({ "a.yaml": resolver(consul.url) });
  try {
    await running.ready;
    let done = false;
    const answers = new Map<string, number>();
    const load = (async () => {
      while (!done) {
        const answer = await get(running.port, "/cart/");
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
    })();
    const killed = (await running.pid("control")) ?? 0;
    process.kill(killed, "SIGKILL");
    await until(async () => ![undefined, killed].includes(await running.pid("control")));
    await until(async () => /dragoman_acknowledged_number [1-9]/.test(await metrics(running)));
    done = true;
    await load;
    assert.deepEqual([...answers.keys()], ["200 cart"]);
  } finally {
    await running.close();
    await consul.stop();
  }
});

test("control that is started again while Consul is away keeps the endpoints of before", async () => {
  await using upstream = await listening(createHttpServer((_, response) => response.end("cart")));
  const consul = await startConsulAgent();
  consul.register("cart", [{ id: "cart", port: upstream.port }]);
  const running = await startRunning({ "a.yaml": resolver(consul.url) });
  try {
    await running.ready;
    assert.equal(await get(running.port, "/cart/"), "200 cart");
    await until(async () => (await kept(running)).includes(`"port":${upstream.port}`));
    await consul.stop();
    const killed = (await running.pid("control")) ?? 0;
    process.kill(killed, "SIGKILL");
    await until(async () => ![undefined, killed].includes(await running.pid("control")));
    await until(async () => /dragoman_acknowledged_number [1-9]/.test(await metrics(running)));
    assert.equal(await get(running.port, "/cart/"), "200 cart");
    const told = () => running.log.filter((line) => line.includes("resolver/last-answer")).length;
    await until(async () => told() > 0);
    assert.equal(await get(running.port, "/cart/"), "200 cart");
    assert.ok(!running.log.some((line) => line.includes("resolver/no-answer")));
    await consul.start();
    consul.register("cart", []);
    await until(async () => (await get(running.port, "/cart/")).startsWith("503"));
  } finally {
    await running.close();
    await consul.stop();
  }
});

test("a Consul that never answers holds nothing back", async () => {
  await using silent = await listening(createServer());
  const running = await startRunning({ "a.yaml": resolver(`127.0.0.1:${silent.port}`) });
  try {
    await running.ready;
    assert.match(await get(running.port, "/other/"), /^301 /);
    assert.match(await get(running.port, "/cart/"), /^503 no healthy upstream/);
    assert.ok(running.log.some((line) => line.includes("resolver/not-asked")));
  } finally {
    await running.close();
  }
});

/** What is kept of Consul's answers; empty while nothing is. */
async function kept({ runtimeParent }: Awaited<ReturnType<typeof startRunning>>): Promise<string> {
  const [directory = ""] = await readdir(runtimeParent);
  return readFile(join(runtimeParent, directory, "consul.json"), "utf8").catch(() => "");
}

/** The metrics of control; empty while there is none. */
async function metrics(running: Awaited<ReturnType<typeof startRunning>>): Promise<string> {
  try {
    return await running.control("/metrics");
  } catch (error) {
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}

interface Listening extends AsyncDisposable {
  readonly port: number;
}

async function listening(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
