/**
 * A run that starts with many certificates has Envoy ask for them by name, and keeps to that: a control process that is
 * started anew does not choose again, however few there are by then. A run that outgrows its choice while nobody is
 * connected chooses again.
 */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect } from "node:tls";
import { manyCertificates, manyRoutes } from "../../src/control/choices.ts";
import { answerOf } from "../answer.ts";
import { openMaterial } from "../envoy/material.ts";
import { type Running, startRunning, until } from "./running.ts";

const material = openMaterial();
let running: Running;

const object = (kind: string, name: string, spec: object) => ({
  apiVersion: "getambassador.io/v3alpha1",
  kind,
  metadata: { name },
  spec,
});

function manifests(hosts: number): string {
  const hostBinding = { namespace: { from: "ALL" } };
  const documents: object[] = [
    object("Listener", "tls", { port: 8080, protocol: "HTTPS", securityModel: "XFP", hostBinding }),
    object("Mapping", "all", { prefix: "/", hostname: "*", host_redirect: true, service: "there.test" }),
  ];
  const { certificate, key } = material.certificate("any:any.test");
  for (let i = 0; i < hosts; i++) {
    documents.push(object("Host", `h${i}`, { hostname: `h${i}.test`, tlsSecret: { name: `s${i}` } }));
    const stringData = { "tls.crt": certificate, "tls.key": key };
    documents.push({ apiVersion: "v1", kind: "Secret", metadata: { name: `s${i}` }, stringData });
  }
  return documents.map((one) => JSON.stringify(one)).join("\n---\n");
}

before(async () => {
  running = await startRunning({ "all.yaml": manifests(manyCertificates) });
  await running.ready;
});
after(() => running.close());

function isAccepted(servername: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: running.port, servername, rejectUnauthorized: false });
    socket.once("secureConnect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("secureConnect", () => socket.destroy());
  });
}

async function inRuntimeDirectory(name: string, { runtimeParent } = running): Promise<string> {
  const [directory = ""] = await readdir(runtimeParent);
  return join(runtimeParent, directory, name);
}

async function listenerChanges(): Promise<string> {
  const socketPath = await inRuntimeDirectory("envoy-admin.sock");
  const path = "/stats?filter=^listener_manager.listener_(added|modified|create_success)$";
  return (await answerOf({ socketPath, path })).body;
}

test("a choice outlives the control process, and what it was made for", async () => {
  await until(() => isAccepted("h0.test"));
  const chosen = await readFile(await inRuntimeDirectory("certificates.json"), "utf8");
  assert.equal(chosen, '"by-name"');
  const before = await listenerChanges();
  assert.match(before, /listener_added: 1/);
  const old = await running.pid("control");
  assert.ok(old);
  process.kill(old, "SIGKILL");
  await running.write("all.yaml", manifests(3));
  await until(async () => !(await isAccepted(`h${manyCertificates - 1}.test`)));
  assert.notEqual(await running.pid("control"), old);
  assert.ok(await isAccepted("h0.test"));
  await running.write("all.yaml", manifests(4));
  await until(() => isAccepted("h3.test"));
  assert.equal(await listenerChanges(), before);
});

test("a run that gets many routes while nobody is connected has them in scopes", async () => {
  const mapping = (i: number) => object("Mapping", `m${i}`, { prefix: `/${i}/`, hostname: "a.test", service: "s" });
  const routes = (count: number) => Array.from({ length: count }, (_, i) => JSON.stringify(mapping(i))).join("\n---\n");
  const grown = await startRunning({ "all.yaml": routes(1) });
  try {
    await grown.ready;
    const chosen = () => inRuntimeDirectory("route-tables.json", grown).then((file) => readFile(file, "utf8"));
    assert.equal(await chosen(), '"table"');
    await grown.write("all.yaml", routes(manyRoutes));
    await until(async () => (await chosen()) === '"scoped"');
    const socketPath = await inRuntimeDirectory("envoy-admin.sock", grown);
    const dump = "/config_dump?resource=dynamic_scoped_route_configs";
    await until(async () => (await answerOf({ socketPath, path: dump })).body.includes("|a.test"));
    const headers = { host: "a.test" };
    // There is no such Service, so a route that is there answers 503.
    await until(async () => {
      const path = `/${manyRoutes - 1}/`;
      return (await answerOf({ host: "127.0.0.1", port: grown.port, path, headers })).status === 503;
    });
  } finally {
    await grown.close();
  }
});
