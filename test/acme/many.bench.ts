/**
 * Many Hosts at once: so many orders at a time and no more, an authority that says that it is too much is left alone
 * for as long as it wants, and edits are served meanwhile as ever. HOSTS says how many; each has a Mapping from the
 * beginning, and MAPPINGS says how many there are in all, so that the gateway is one of that size.
 */
import assert from "node:assert/strict";
import type { ClientRequest } from "node:http";
import { request as openRequest } from "node:https";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openPoller, type Poller } from "../bench/poller.ts";
import { namespace, openSite, type Replica, type Site } from "./site.ts";

const hosts = Number(process.env["HOSTS"] ?? 1000);
const [atOnce, retryAfterSeconds, requestsAtOnce] = [8, 5, 8];
/** A gateway on a machine that does other things, too, may hear a refusal as late as this. */
const toHearMs = 1000;
const patienceMs = 1_200_000;
/** The bar of one edit with a thousand Mappings in an API server. */
const mostMs = 50;
const [betweenEditsMs, editsBetweenLooks, editsAtRest] = [200, 10, 100];

let site: Site;
let gateway: Replica;
let poller: Poller;
let watch: ClientRequest;

const collection = (plural: string): string => `/apis/getambassador.io/v3alpha1/namespaces/${namespace}/${plural}`;
const names = Array.from({ length: hosts }, (_, i) => `host${i}`);
const mappings = Math.max(Number(process.env["MAPPINGS"] ?? 1000), hosts);
/** Those that belong to no Host with a certificate. */
const others = Array.from({ length: mappings - hosts }, (_, i) => i);
const otherHosts = others.slice(0, 100).map((i) => `other${i}`);

before(async () => {
  site = await openSite({ proxied: true });
  await create("modules", [object("Module", "ambassador", { config: { envoy_log_path: "/dev/null" } })]);
  await create("listeners", [listener("http", 8080, "HTTP"), listener("https", 8443, "HTTPS")]);
  await create("hosts", [plainHost("edits", "x.test"), ...otherHosts.map((name) => plainHost(name, `${name}.test`))]);
  await create("mappings", [
    mapping("edited", "x.test", "/edit0/"),
    ...names.map(ownMapping),
    ...others.map((i) => mapping(`other${i}`, `${otherHosts[i % otherHosts.length]}.test`, `/other${i}/`)),
  ]);
  // As is advised for so many: a filter chain for each would have Envoy change its listener with each certificate.
  gateway = await site.start({ DRAGOMAN_CERTIFICATES: "by-name" });
  poller = await openPoller(gateway.http);
  watch = watchEdited();
});
after(async () => {
  poller?.close();
  watch?.destroy();
  await site?.close();
});

const object = (kind: string, name: string, spec: object): object => ({
  apiVersion: "getambassador.io/v3alpha1",
  kind,
  metadata: { name, namespace },
  spec,
});

const plainHost = (name: string, hostname: string): object =>
  object("Host", name, { hostname, requestPolicy: { insecure: { action: "Route" } } });

const listener = (name: string, port: number, protocol: string): object =>
  object("Listener", name, { port, protocol, securityModel: "XFP", hostBinding: { namespace: { from: "ALL" } } });

const mapping = (name: string, hostname: string, prefix: string): object =>
  object("Mapping", name, { hostname, prefix, host_redirect: true, service: "there.test" });

const ownMapping = (name: string): object => mapping(name, `${name}.shop.test`, "/");

async function create(plural: string, objects: readonly object[]): Promise<void> {
  const queue = [...objects];
  const work = async (): Promise<void> => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const { status, body } = await site.cluster.ask("POST", collection(plural), next);
      assert.equal(status, 201, JSON.stringify(body));
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, work));
}

/** When somebody else who watches is told of a version of the edited Mapping, by `process.hrtime`. */
const toldAt = new Map<string, bigint>();

/** What an edit takes to reach anybody at all, with this API server on this machine. */
function watchEdited(): ClientRequest {
  const { server, authority: ca, adminToken } = site.cluster;
  const url = new URL(`${collection("mappings")}?watch=1&fieldSelector=metadata.name%3Dedited`, server);
  const outgoing = openRequest(url, { ca, headers: { authorization: `Bearer ${adminToken}` } }, (answer) => {
    answer.setEncoding("utf8");
    answer.on("data", (text: string) => {
      for (const [, seen = ""] of text.matchAll(/"resourceVersion":"(\d+)"/g))
        toldAt.set(seen, process.hrtime.bigint());
    });
  });
  outgoing.on("error", () => undefined);
  outgoing.end();
  return outgoing;
}

let version: unknown;

interface Edit {
  /** From the API server's answer to the first request that is served so, in ms. */
  readonly served: number;
  /** From there to the moment at which somebody else is told of it; negative when that is before the answer. */
  readonly told: number;
}

async function edit(number: number): Promise<Edit> {
  const path = `${collection("mappings")}/edited`;
  if (version === undefined) {
    const { body } = await site.cluster.ask("GET", path);
    version = Object(body["metadata"]).resourceVersion;
  }
  const metadata = { name: "edited", namespace, resourceVersion: version };
  const wanted = { ...mapping("edited", "x.test", `/edit${number}/`), metadata };
  const { status, body } = await site.cluster.ask("PUT", path, wanted);
  const began = process.hrtime.bigint();
  assert.equal(status, 200, JSON.stringify(body));
  version = Object(body["metadata"]).resourceVersion;
  const served = Number((await poller.until("x.test", `/edit${number}/`, " 301 ")) - began) / 1e6;
  return { served, told: Number((toldAt.get(String(version)) ?? began) - began) / 1e6 };
}

async function states(): Promise<readonly string[]> {
  const { body } = await site.cluster.ask("GET", collection("hosts"));
  const items = Array.isArray(body["items"]) ? body["items"] : [];
  return items.map((item) => String(Object(Object(item).status).state));
}

const at = (share: number, of: readonly number[]): number =>
  Math.round(of.toSorted((a, b) => a - b)[Math.floor(share * (of.length - 1))] ?? 0);

function said(edits: readonly Edit[]): string {
  const served = edits.map((one) => one.served);
  const told = edits.map((one) => one.told);
  return `${at(0.5, served)} ms (median), ${at(0.99, served)} ms (p99) of ${edits.length}, others told after ${at(0.5, told)} and ${at(0.99, told)} ms`;
}

test(`${hosts} Hosts get their certificates while edits are served`, async () => {
  const { proxy } = site;
  assert.ok(proxy);
  for (const name of names) await site.pebble.names.resolve(`${name}.shop.test`);
  await poller.until("x.test", "/edit0/", " 301 ");
  const began = performance.now();
  await create(
    "hosts",
    names.map((name) => site.host(name)),
  );
  await site.until(
    async () => proxy.asked.length,
    (count) => count >= Math.min(8, hosts / 3),
    patienceMs,
  );
  proxy.limit(1, retryAfterSeconds);
  const edits: Edit[] = [];
  const isDone = async (): Promise<boolean> => {
    const all = await states();
    return all.filter((state) => state === "Ready").length >= hosts + otherHosts.length && !all.includes("Pending");
  };
  let number = 1;
  while (number % editsBetweenLooks !== 0 || !(await isDone())) {
    edits.push(await edit(number++));
    await pause(betweenEditsMs);
    assert.ok(performance.now() - began < patienceMs, gateway.program.output().slice(-5000));
  }
  const seconds = (performance.now() - began) / 1000;
  const atRest: Edit[] = [];
  for (const last = number + editsAtRest; number < last; number++) {
    atRest.push(await edit(number));
    await pause(betweenEditsMs);
  }
  const served = edits.map((one) => one.served);
  const mib = Math.round(gateway.program.resident(/ control /).most / 2 ** 20);
  console.log(
    `${hosts} Hosts among ${mappings} Mappings in ${seconds.toFixed(1)} s; at most ${proxy.mostAtOnce} orders at once; ` +
      `one edit → served: ${said(edits)}; at rest: ${said(atRest)}; control held ${mib} MiB at most`,
  );
  assert.ok(proxy.mostAtOnce <= atOnce, `${proxy.mostAtOnce} orders at once`);

  const refused = proxy.asked.filter((one) => one.refused);
  assert.equal(refused.length, 1);
  const [{ at: told } = { at: 0 }] = refused;
  const early = proxy.asked.filter(({ at: when }) => when > told + toHearMs && when < told + retryAfterSeconds * 1000);
  assert.deepEqual(early, [], "nobody orders before the authority wants it");
  const failed = (await states()).filter((state) => state === "Error").length;
  assert.equal(failed, refused.length);
  assert.equal(site.pebble.placed().accounts, 1);
  assert.ok(at(0.5, served) <= mostMs, `${at(0.5, served)} ms`);
  assert.doesNotMatch(gateway.program.output(), /because of a bug/);
});
