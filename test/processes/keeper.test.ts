/**
 * Whole instances: what happens to requests and to processes when one of them is killed, and at the end.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, readFile, stat } from "node:fs/promises";
import { Agent, request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Running, startRunning, until } from "./running.ts";

const mapping = (name: string, target: string, more = ""): string => `
apiVersion: getambassador.io/v2
kind: Mapping
metadata: { name: ${name} }
spec: { prefix: /${name}/, service: ${target}, host_redirect: true${more} }
`;

const module = (server: string): string => `
apiVersion: getambassador.io/v2
kind: Module
metadata: { name: ambassador }
spec: { config: { server_name: ${server} } }
`;

const listener = `
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: { name: http }
spec: { port: 8080, protocol: HTTP, securityModel: XFP, statsPrefix: shop, hostBinding: { namespace: { from: ALL } } }
`;

/** Where a path redirects to, over a connection of `agent`. */
function redirect(port: number, path: string, agent: Agent | false = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, path, agent }, (incoming) => {
      incoming.resume();
      incoming.on("end", () => resolve(`${incoming.statusCode} ${incoming.headers.location ?? ""}`));
      incoming.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

describe("a running instance", { concurrency: false }, () => {
  let running: Running;
  const at = (path: string) => redirect(running.port, path);
  const serves = (path: string, target: string) =>
    until(async () => (await at(path)) === `301 http://${target}${path}`);

  before(async () => {
    const forward = mapping("c", "127.0.0.1:9").replace(", host_redirect: true", "");
    running = await startRunning({ "a.yaml": mapping("a", "one.example"), "c.yaml": forward });
    assert.match(await running.ready, /^ready admin http:\/\/127\.0\.0\.1:\d+$/);
  });
  after(() => running.close());

  test("serves as soon as it says ready, and answers probes", async () => {
    assert.equal(await at("/a/"), "301 http://one.example/a/");
    assert.equal(await running.control("/ambassador/v0/check_ready"), "ready\n");
    const metrics = await running.control("/metrics");
    assert.match(metrics, /^dragoman_xds_streams 1$/m);
    assert.match(metrics, /^envoy_http_downstream_rq_total\{envoy_http_conn_manager_prefix="ingress_http"\} [1-9]/m);
  });

  test("sockets and directories are open to their owner only", async () => {
    const [directory = ""] = await readdir(running.runtimeParent);
    const path = join(running.runtimeParent, directory);
    assert.equal((await stat(path)).mode & 0o777, 0o700);
    for (const name of await readdir(path)) assert.equal((await stat(join(path, name))).mode & 0o077, 0, name);
  });

  test("killing control under load fails no request, and the next one sends a warm Envoy nothing", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    let loading = true;
    let served = 0;
    const load = Array.from({ length: 8 }, async () => {
      while (loading) {
        assert.equal(await redirect(running.port, "/a/", agent), "301 http://one.example/a/");
        served++;
      }
    });
    const killed = await running.pid("control");
    assert.ok(killed);
    const envoy = await running.pid("envoy");
    await until(async () => served > 200);
    process.kill(killed, "SIGKILL");
    await until(async () => ![undefined, killed].includes(await running.pid("control")));
    let ready = "";
    await until(async () => {
      ready = await ask("/ambassador/v0/check_ready");
      return ready !== "";
    });
    await until(async () => (await metrics()).includes("dragoman_xds_streams 1\n"));
    await until(async () => /dragoman_acknowledged_number [1-9]/.test(await metrics()));
    const before = served;
    await until(async () => served > before + 200);
    loading = false;
    await Promise.all(load);
    agent.destroy();
    assert.equal(ready, "ready\n", "a warm Envoy serves all the time");
    assert.match(await metrics(), /dragoman_xds_bytes_total 0\n/);
    assert.equal(await running.pid("envoy"), envoy);
    await running.write("a.yaml", mapping("a", "two.example"));
    await serves("/a/", "two.example");
  });

  const metrics = () => ask("/metrics");

  async function ask(path: string): Promise<string> {
    return running.control(path).catch((error: NodeJS.ErrnoException) => {
      // The next control process has not opened its socket yet.
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") return "";
      throw error;
    });
  }

  test("a killed Envoy is replaced and serves again", async () => {
    const killed = (await running.pid("envoy")) ?? 0;
    process.kill(killed, "SIGKILL");
    await until(async () => ![undefined, killed].includes(await running.pid("envoy")));
    await until(async () => (await at("/a/").catch(() => "")) === "301 http://two.example/a/");
  });

  test("an edit that ends connections, and the end of the last Listener, are told for a while", async () => {
    const told = (text: string) => until(async () => (await running.control("/ambassador/v0/diag/")).includes(text));
    await running.write("module.yaml", module("shopkeeper"));
    await told(
      "Module default/ambassador: listener tcp-127.0.0.1-8080 changes: connections of 1 of its 1 filter chains",
    );
    await running.write("listener.yaml", listener);
    await until(async () => {
      await at("/a/");
      return (await metrics()).includes('envoy_http_conn_manager_prefix="shop"');
    });
    await running.write("listener.yaml", "");
    await told("Listener default/http: the last Listener was deleted");
    assert.equal(await at("/a/"), "301 http://two.example/a/");
    await running.write("module.yaml", "");
  });

  test("a bad edit keeps the last good version serving, also across a restart", async () => {
    await running.write("b.yaml", mapping("b", "good.example"));
    await serves("/b/", "good.example");
    await running.write("b.yaml", mapping("b", "bad.example", ", timeout_ms: soon"));
    await until(async () => running.log.some((line) => line.includes("b.yaml") && line.includes("timeout_ms")));
    assert.equal(await at("/b/"), "301 http://good.example/b/");
    const file = join(running.stateDirectory, "state.json");
    await until(async () => (await readFile(file, "utf8").catch(() => "")).includes("good.example"));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    running = await running.restart();
    assert.equal(await at("/b/"), "301 http://good.example/b/");
    await running.write("b.yaml", mapping("b", "better.example"));
    await serves("/b/", "better.example");
    await until(async () => !(await readFile(file, "utf8")).includes("good.example"));
  });

  test("what Envoy refuses is traced to its object, and the version before it goes on, also across a restart", async () => {
    // keeper-main.ts starts an Envoy that takes only very small regular expressions.
    const refused = mapping("d", "refused.example").replace(
      "prefix: /d/",
      'prefix: "/d/[a-z]{1,20}", prefix_regex: true',
    );
    await running.write("d.yaml", mapping("d", "accepted.example"));
    await serves("/d/", "accepted.example");
    await running.write("d.yaml", refused);
    await running.write("e.yaml", mapping("e", "other.example"));
    await serves("/e/", "other.example");
    await until(async () => running.log.some((line) => line.includes("envoy/refused") && line.includes("d.yaml")));
    assert.equal(await at("/d/"), "301 http://accepted.example/d/");
    running = await running.restart();
    assert.equal(await at("/d/"), "301 http://accepted.example/d/");
    assert.equal(await at("/e/"), "301 http://other.example/e/");
    await running.write("d.yaml", mapping("d", "repaired.example"));
    await serves("/d/", "repaired.example");
  });

  test("of several new objects only the refused one is left out", async () => {
    const bad = mapping("f3", "x.example").replace("prefix: /f3/", 'prefix: "/f3/[a-z]{1,20}", prefix_regex: true');
    const many = [1, 2, 3, 4, 5].map((i) => (i === 3 ? bad : mapping(`f${i}`, "many.example")));
    await running.write("f.yaml", many.join("---"));
    for (const i of [1, 2, 4, 5]) await serves(`/f${i}/`, "many.example");
    await until(async () => running.log.some((line) => line.includes("envoy/refused") && line.includes("f3")));
    assert.ok(!running.log.some((line) => line.includes("envoy/refused") && line.includes("f2")));
  });

  test("a killed keeper leaves no process and no directory", async () => {
    process.kill(running.keeper.pid ?? 0, "SIGKILL");
    await until(async () => (await running.pids()).length === 0);
    assert.deepEqual(await readdir(running.runtimeParent), []);
    running = await startRunning({}, running);
    await running.ready;
    assert.equal(await at("/a/"), "301 http://two.example/a/");
  });

  test("a request that is under way is waited for, and a second signal ends everything at once", async () => {
    const silent = createServer();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const asked = once(silent, "connection");
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await running.write("g.yaml", mapping("g", address).replace("host_redirect: true", "timeout_ms: 0"));
    const request = until(async () => (await at("/g/").catch(() => "cut")) === "cut");
    await asked;
    running.keeper.kill("SIGINT");
    await until(async () => running.log.some((line) => line.includes("shutting down")));
    running.keeper.kill("SIGINT");
    assert.deepEqual(await once(running.keeper, "exit"), [130, null]);
    await request;
    silent.close();
    assert.deepEqual(await running.pids(), []);
    running = await startRunning({ "g.yaml": "" }, running);
    await running.ready;
  });

  test("a signal ends everything, with status 0", async () => {
    running.keeper.kill("SIGTERM");
    assert.deepEqual(await once(running.keeper, "exit"), [0, null]);
    await until(async () => (await running.pids()).length === 0);
    assert.deepEqual(await readdir(running.runtimeParent), []);
  });
});
