/**
 * What goes wrong in clusters, by the name that people have for it: what requests are answered before, meanwhile and
 * after, and what the log says. Fifty namespaces with the same names are in `large.test.ts`, where there are fifty, and
 * an API server that is away in `outage.test.ts`.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:tls";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import { type Backend, sliceOf, startBackend } from "./backend.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import type { ServiceAccount } from "./credentials.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { openSeveredWay, type SeveredWay } from "./severed.ts";

const material = openMaterial();
const namespace = "default";
const http = { name: "http", port: 80 };
let cluster: Cluster;
let account: ServiceAccount;
let backend: Backend;
let other: Backend;
/** How the gateway reaches the API server. */
let way: SeveredWay;
let gateway: Gateway;
let renewing: NodeJS.Timeout | undefined;

const custom = (kind: string, name: string, spec: object, version = "v3alpha1") => ({
  apiVersion: `getambassador.io/${version}`,
  kind,
  metadata: { name, namespace },
  spec,
});
const mapping = (name: string, more: object = {}, version = "v3alpha1") =>
  custom("Mapping", name, { hostname: "*", prefix: `/${name}/`, service: "quote", ...more }, version);
/** It has a cluster address, which leads nowhere here: only its endpoints answer. */
const service = { apiVersion: "v1", kind: "Service", metadata: { name: "quote", namespace }, spec: { ports: [http] } };
/** Of a Mapping in the version that is stored. */
const asV2 = { hostname: undefined, host: "*" };
const insecure = { requestPolicy: { insecure: { action: "Route" } } };

before(async () => {
  cluster = await startCluster();
  [backend, other] = await Promise.all([startBackend("it"), startBackend("other")]);
  way = await openSeveredWay(Number(new URL(cluster.server).port));
  await installCrds(cluster);
  await cluster.apply(service, sliceOf("quote", backend), custom("Host", "all", { hostname: "*", ...insecure }));
  await cluster.apply(mapping("quote"));
  account = await cluster.serviceAccount(namespace, "gateway", ["cluster-admin"]);
  await renew();
  renewing = setInterval(() => void renew(), 1000);
  const server = `https://127.0.0.1:${way.port}`;
  const kubeconfig = await cluster.writeKubeconfig("gateway", { tokenFile: "gateway.token" }, namespace, server);
  gateway = await startGateway(kubeconfig);
});
after(async () => {
  clearInterval(renewing);
  gateway?.program.kill();
  await Promise.all([backend?.close(), other?.close(), way?.close()]);
  await cluster?.stop();
});

/** Tokens that are about to expire: an API server lets a minute pass. Replaced as a whole, as a kubelet does. */
async function renew(lifetimeSeconds = -55): Promise<void> {
  const token = cluster.token(account, lifetimeSeconds);
  const path = `${cluster.directory}/gateway.token`;
  const fresh = `${path}.${randomUUID()}`;
  await writeFile(fresh, token, { mode: 0o600 });
  await rename(fresh, path);
}

/** Waits for lines that are written from now on, since some are written more than once. */
function listen(): (line: RegExp) => Promise<void> {
  const { length } = gateway.program.output();
  return async (line) => {
    const start = performance.now();
    while (!line.test(gateway.program.output().slice(length))) {
      if (performance.now() - start > 60_000) assert.fail(`nothing like ${line} in\n${gateway.program.output()}`);
      await pause(20);
    }
  };
}

const served = (path: string) => gateway.until(path, "it /x");

/** Does something while requests come all the time, every one of which must be answered as ever. */
async function withTraffic(work: () => Promise<void>): Promise<void> {
  let isOver = false;
  const odd = new Set<string>();
  const asking = (async () => {
    while (!isOver) {
      const answer = await gateway.get("/quote/x");
      if (answer !== "it /x") odd.add(answer);
      await pause(10);
    }
  })();
  try {
    await work();
  } finally {
    isOver = true;
    await asking;
  }
  assert.deepEqual([...odd], []);
}

test("etcd compaction (410)", async () => {
  const said = listen();
  await withTraffic(async () => {
    await cluster.killApiServer();
    await said(/kubernetes\/unreachable.*the API server gives no answer/);
    await cluster.store("mappings", mapping("compacted", asV2, "v2"));
    await cluster.compact();
    await cluster.restartApiServer();
    await served("/compacted/x");
    await said(
      /info +control .*has forgotten what happened to these, so they are listed anew: (?:.* )?mappings\.getambassador/,
    );
  });
});

test("expired token", async () => {
  const said = listen();
  await withTraffic(async () => {
    clearInterval(renewing);
    await renew();
    await renew(-600);
    const cutting = setInterval(() => way.cut(), 1000);
    await said(/kubernetes\/unreachable.*does not accept this instance's identity/);
    clearInterval(cutting);
    // From here on there is no other token, but a watch may go on that began with the one before.
    way.cut();
    await said(/kubernetes\/unreachable.* mappings\.getambassador\.io.*does not accept this instance's identity/);
    await cluster.apply(mapping("renewed"));
    assert.equal(await gateway.get("/renewed/x"), "404");
    await renew(3600);
    await served("/renewed/x");
    await said(/info +control +1 problem is solved/);
  });
});

test("revoked permission", async () => {
  const said = listen();
  await withTraffic(async () => {
    await cluster.kubectl(["delete", "clusterrolebinding", "default-gateway-cluster-admin"]);
    way.cut();
    await said(/kubernetes\/forbidden.*may not be listed and watched.* mappings\.getambassador/);
    await cluster.apply(mapping("granted"));
    assert.equal(await gateway.get("/granted/x"), "404");
    await cluster.serviceAccount(namespace, "gateway", ["cluster-admin"]);
    await served("/granted/x");
    await said(/info +control +\d+ problems? (is|are) solved/);
  });
  await cluster.apply(sliceOf("quote", other));
  await gateway.until("/quote/x", "other /x");
  await cluster.apply(sliceOf("quote", backend));
  await served("/quote/x");
});

test("CRD deleted and re-created", async () => {
  const said = listen();
  await cluster.kubectl(["delete", "crd", "mappings.getambassador.io"]);
  await gateway.until("/quote/x", "404");
  await said(/warning +control +mappings\.getambassador\.io is not installed any more, and its objects are gone/);
  await installCrds(cluster);
  await cluster.apply(mapping("quote"));
  await served("/quote/x");
  await said(/info +control +mappings\.getambassador\.io is installed now/);
});

/** What converts Mappings: nobody, or somebody who is not there. */
async function convertMappings(conversion: object): Promise<void> {
  const patch = JSON.stringify({ spec: { conversion } });
  await cluster.kubectl(["patch", "crd", "mappings.getambassador.io", "--type=merge", "-p", patch]);
}

test("conversion webhook down", async () => {
  const said = listen();
  await withTraffic(async () => {
    const url = `https://127.0.0.1:${await freePort()}/convert`;
    const webhook = { clientConfig: { url }, conversionReviewVersions: ["v1"] };
    await convertMappings({ strategy: "Webhook", webhook });
    // As it is stored, so that nothing has to be converted.
    await cluster.apply(mapping("as-stored", asV2, "v2"));
    await served("/as-stored/x");
    // In another version, as an older release has stored it.
    await cluster.store("mappings", mapping("older"));
    // It reads what is stored when it starts; else it would notice half a minute later.
    await cluster.killApiServer();
    await cluster.restartApiServer();
    await said(/kubernetes\/unreachable.* mappings\.getambassador\.io: .*conversion webhook .* failed/);
    assert.equal(await gateway.get("/as-stored/x"), "it /x");
    await convertMappings({ strategy: "None", webhook: null });
    await served("/older/x");
  });
});

test("1 MB objects", async () => {
  const said = listen();
  const megabyte = 1 << 20;
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const mappings = `/apis/getambassador.io/v3alpha1/namespaces/${namespace}/mappings`;
  // Straight to the API server: kubectl cannot note so much of what it applied. It may still convert as it did above.
  const create = async (path: string, object: object): Promise<void> => {
    for (let left = 200; ; left--) {
      const { status, body } = await cluster.ask("POST", path, object);
      if (status === 201) return;
      assert.ok(status === 500 && left > 0, `${status} ${JSON.stringify(body)}`);
      await pause(100);
    }
  };
  await withTraffic(async () => {
    const headers = { "x-large": { value: "y".repeat(1000) } };
    const docs = { display_name: "z".repeat(megabyte) };
    await create(mappings, mapping("huge", { add_response_headers: headers, docs }));
    await served("/huge/x");
    const { certificate, key } = material.certificate("huge:huge.test");
    const stringData = { "tls.crt": "x\n".repeat(megabyte * 0.48) + certificate, "tls.key": key };
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/tls",
      metadata: { name: "huge" },
      stringData,
    };
    await create(secrets, secret);
    await cluster.apply(custom("Host", "huge", { hostname: "huge.test", tlsSecret: { name: "huge" }, ...insecure }));
    await gateway.until("/quote/x", "it /x", "huge.test");
    assert.equal(await namesShown("huge.test"), "DNS:huge.test");
    await said(/info +control .*object\/ignored-field. Mapping default\/huge +\.spec\.docs/);
  });
});

/** For which names a client is shown a certificate, as soon as it is shown one. */
async function namesShown(servername: string): Promise<string> {
  for (const start = performance.now(); ; ) {
    if (performance.now() - start > 30_000) assert.fail(`no certificate for ${servername}`);
    const names = await new Promise<string | undefined>((resolve) => {
      const socket = connect({ host: "127.0.0.1", port: gateway.https, servername, rejectUnauthorized: false });
      socket.on("error", () => resolve(undefined));
      socket.on("secureConnect", () => {
        resolve(socket.getPeerX509Certificate()?.subjectAltName);
        socket.destroy();
      });
    });
    if (names !== undefined) return names;
    await pause(20);
  }
}
