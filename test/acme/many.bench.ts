/**
 * Many Hosts at once: so many orders at a time and no more, an authority that says that it is too much is left alone
 * for as long as it wants, and edits are served meanwhile as ever. HOSTS says how many.
 */
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { namespace, openSite, type Replica, type Site } from "./site.ts";

const hosts = Number(process.env["HOSTS"] ?? 1000);
const [atOnce, retryAfterSeconds] = [8, 5];
const patienceMs = 1_200_000;
/** The bar of one edit with a thousand Mappings in an API server. */
const mostMs = 50;

let site: Site;
let gateway: Replica;

before(async () => {
  site = await openSite({ proxied: true });
  // As is advised for so many: a filter chain for each would have Envoy change its listener with each certificate.
  gateway = await site.start({ DRAGOMAN_CERTIFICATES: "by-name" });
});
after(async () => {
  await site?.close();
});

const names = Array.from({ length: hosts }, (_, i) => `host${i}`);

function mapping(name: string): object {
  const metadata = { name, namespace };
  const spec = { hostname: "x.test", prefix: `/${name}/`, host_redirect: true, service: "there.test" };
  return { apiVersion: "getambassador.io/v3alpha1", kind: "Mapping", metadata, spec };
}

function status(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port: gateway.http, path, headers: { host: "x.test" } }, (got) => {
      got.resume();
      resolve(got.statusCode ?? 0);
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

/** From the API server's answer to the first request that is served so, in ms. */
async function edit(number: number): Promise<number> {
  const path = `/apis/getambassador.io/v3alpha1/namespaces/${namespace}/mappings`;
  const { status: answer } = await site.cluster.ask("POST", path, mapping(`edit${number}`));
  assert.ok(answer < 300, String(answer));
  const began = performance.now();
  for (;;) {
    if ((await status(`/edit${number}/`)) === 301) return performance.now() - began;
    assert.ok(performance.now() - began < 60_000, "an edit is not served");
    await pause(2);
  }
}

async function states(): Promise<readonly string[]> {
  const printed = await site.kubectl("get", "hosts", "-o", "jsonpath={range .items[*]}{.status.state}{'\\n'}{end}");
  return printed.trim().split("\n");
}

test(`${hosts} Hosts get their certificates while edits are served`, async () => {
  const { proxy } = site;
  assert.ok(proxy);
  for (const name of names) await site.pebble.names.resolve(`${name}.shop.test`);
  await site.cluster.apply({
    apiVersion: "getambassador.io/v3alpha1",
    kind: "Host",
    metadata: { name: "edits", namespace: "default" },
    spec: { hostname: "x.test", requestPolicy: { insecure: { action: "Route" } } },
  });
  await site.until(
    () => status("/"),
    (code) => code === 404,
  );
  await edit(0);
  const began = performance.now();
  for (let i = 0; i < names.length; i += 100) {
    await site.cluster.apply(...names.slice(i, i + 100).map((name) => site.host(name)));
  }
  await site.until(
    async () => proxy.asked.length,
    (count) => count >= Math.min(8, hosts / 3),
    patienceMs,
  );
  proxy.limit(1, retryAfterSeconds);
  const edits: number[] = [];
  const isDone = async (): Promise<boolean> => {
    const all = await states();
    return all.filter((state) => state === "Ready").length >= hosts - atOnce && !all.includes("Pending");
  };
  for (let number = 1; !(await isDone()); number++) {
    edits.push(await edit(number));
    await pause(250);
    assert.ok(performance.now() - began < patienceMs, gateway.program.output().slice(-5000));
  }
  const seconds = (performance.now() - began) / 1000;
  const atRest: number[] = [];
  for (let number = 1; number <= 20; number++) {
    atRest.push(await edit(1_000_000 + number));
    await pause(250);
  }
  const at = (share: number, of = edits) =>
    Math.round(of.toSorted((a, b) => a - b)[Math.floor(share * (of.length - 1))] ?? 0);
  console.log(
    `${hosts} Hosts in ${seconds.toFixed(1)} s; at most ${proxy.mostAtOnce} orders at once; ` +
      `one edit → served: ${at(0.5)} ms (median), ${at(0.99)} ms (p99) of ${edits.length}; ` +
      `at rest ${at(0.5, atRest)} ms (median)`,
  );
  assert.ok(proxy.mostAtOnce <= atOnce, `${proxy.mostAtOnce} orders at once`);

  const refused = proxy.asked.filter((one) => one.refused);
  assert.equal(refused.length, 1);
  const [{ at: told } = { at: 0 }] = refused;
  const early = proxy.asked.filter(({ at: when }) => when > told + 250 && when < told + retryAfterSeconds * 1000);
  assert.deepEqual(early, [], "nobody orders before the authority wants it");
  const failed = (await states()).filter((state) => state === "Error").length;
  assert.equal(failed, refused.length);
  assert.equal(site.pebble.placed().accounts, 1);
  // On a machine that does other things, too, an edit takes longer with or without orders.
  assert.ok(at(0.5) <= Math.max(mostMs, 2 * at(0.5, atRest)), `${at(0.5)} ms`);
  assert.doesNotMatch(gateway.program.output(), /because of a bug/);
});
