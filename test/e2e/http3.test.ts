/**
 * HTTP/3 through `dragoman run`: clients of HTTPS are told the port that is really bound, and routes and certificates
 * change for QUIC as they do for TCP.
 */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { dragoman } from "../cli/dragoman.ts";
import { type Seen, send } from "../envoy/client.ts";
import { freePort } from "../envoy/free-port.ts";
import { forgetHttp3Sessions } from "../envoy/http3-client.ts";
import { openMaterial } from "../envoy/material.ts";
import type { RequestSpec } from "../envoy/request-spec.ts";
import { type Program, startProgram } from "./program.ts";

const material = openMaterial();
const home = mkdtempSync(join(tmpdir(), "dragoman-http3-"));
const manifests = join(home, "manifests.yaml");
let gateway: Program;
let port: number;

function write(prefix: string, certificate: string): void {
  const pair = material.certificate(certificate);
  const hostBinding = { namespace: { from: "ALL" } };
  const documents = [
    ["Listener", "https", { port: 8443, protocol: "HTTPS", securityModel: "XFP", hostBinding }],
    ["Listener", "http3", { port: 8443, protocolStack: ["TLS", "HTTP", "UDP"], securityModel: "XFP", hostBinding }],
    ["Host", "shop", { hostname: "shop.test", tlsSecret: { name: "shop" } }],
    ["Mapping", "shop", { hostname: "*", prefix, host_redirect: true, service: "there.test" }],
  ].map(([kind, name, spec]) => ({ apiVersion: "getambassador.io/v3alpha1", kind, metadata: { name }, spec }));
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "shop" },
    stringData: { "tls.crt": pair.certificate, "tls.key": pair.key },
  };
  const text = [...documents, secret].map((document) => JSON.stringify(document)).join("\n---\n");
  writeFileSync(`${manifests}.tmp`, text);
  renameSync(`${manifests}.tmp`, manifests);
}

before(async () => {
  port = await freePort();
  write("/one/", "first:shop.test,first.test");
  const env = { ...process.env, TMPDIR: home };
  gateway = startProgram(["run", manifests, "--state-dir", join(home, "state"), "--port", `8443:${port}`], { env });
  await gateway.line(/^ready/);
});
after(() => {
  gateway.kill();
  forgetHttp3Sessions();
  rmSync(home, { recursive: true, force: true });
});

const ask = (path: string, http: NonNullable<RequestSpec["http"]> = "3"): Promise<Seen> =>
  send({ url: `https://shop.test${path}`, http }, () => ({ host: "127.0.0.1", port }), material);

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(10);
}

test("clients of HTTPS are told the port that is bound, and are served there", async () => {
  const told = (await ask("/one/", "1.1")).headers.find(([name]) => name === "alt-svc")?.[1];
  assert.equal(told, `h3=":${port}"; ma=86400`);
  const { http, status, certificate } = await ask("/one/");
  assert.deepEqual([http, status, certificate?.dnsNames], ["3", 301, ["shop.test", "first.test"]]);
});

test("a route that moves, moves for QUIC", async () => {
  write("/two/", "first");
  await until(async () => (await ask("/two/")).status === 301);
  assert.equal((await ask("/one/")).status, 404);
});

test("a certificate that is renewed is shown to new connections", async () => {
  write("/two/", "second:shop.test,second.test");
  await until(async () => {
    forgetHttp3Sessions();
    return (await ask("/two/")).certificate?.dnsNames.includes("second.test") ?? false;
  });
  assert.doesNotMatch(gateway.output(), /filter chains end/);
});

test("why explains a request over QUIC", async () => {
  const why = await dragoman(["why", "--http3", "GET https://shop.test:8443/two/"], { env: { TMPDIR: home } });
  assert.equal(why.status, 0, why.stderr);
  assert.match(why.stdout, /listener .*Listener default\/http3/);
  assert.match(why.stdout, /redirects with 301/);
});

test("a UDP port that is taken is one sentence", async () => {
  const socket = createSocket("udp4");
  const taken = await freePort();
  socket.bind(taken, "0.0.0.0");
  await once(socket, "listening");
  const args = ["run", manifests, "--state-dir", join(home, "other"), "--port", `8443:${taken}`];
  const { status, stderr } = await dragoman(args);
  socket.close();
  assert.equal(status, 2);
  assert.match(stderr, new RegExp(`port ${taken}, where --port puts 8443, is taken by another program`));
});
