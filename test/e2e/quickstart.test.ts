/**
 * The quickstart as a new user goes through it: `dragoman run` on a copy of examples/quickstart with the demo backends
 * and a real Envoy, requests, edits while it runs, a wrong edit, and Ctrl-C.
 */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type DemoBackends, startDemoBackends } from "../../src/services/demo-backends/index.ts";
import { ensureQuickstartSecret } from "../../tools/quickstart-secret.ts";
import { type Seen, send } from "../envoy/client.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import type { RequestSpec } from "../envoy/request-spec.ts";
import { type Program, startProgram } from "./program.ts";

const material = openMaterial();
const home = mkdtempSync(join(tmpdir(), "dragoman-quickstart-"));
const manifests = join(home, "quickstart");
let backends: DemoBackends;
let gateway: Program;
let ports: { http: number; https: number; admin: number };

before(async () => {
  cpSync(join(import.meta.dirname, "..", "..", "examples", "quickstart"), manifests, { recursive: true });
  ensureQuickstartSecret(manifests);
  backends = await startDemoBackends({ echoPort: 0, quotePort: 0 });
  edit("backends.yaml", (text) =>
    text.replaceAll("9001", String(backends.echoPort)).replaceAll("9002", String(backends.quotePort)),
  );
  edit("annotated-service.yaml", (text) => text.replaceAll("9002", String(backends.quotePort)));
  ports = { http: await freePort(), https: await freePort(), admin: await freePort() };
  gateway = startProgram([
    ...["run", manifests, "--state-dir", join(home, "state"), "--admin-port", String(ports.admin)],
    ...["--port", `8080:${ports.http}`, "--port", `8443:${ports.https}`],
  ]);
  await gateway.line(/^ready/);
});
after(async () => {
  gateway.kill();
  await backends.close();
  rmSync(home, { recursive: true, force: true });
});

/** As an editor saves: a new file renamed over the old one. */
function edit(file: string, change: (text: string) => string): void {
  const path = join(manifests, file);
  const changed = change(readFileSync(path, "utf8"));
  writeFileSync(`${path}.tmp`, changed);
  renameSync(`${path}.tmp`, path);
}

function request(spec: RequestSpec): Promise<Seen> {
  return send(spec, (port) => ({ host: "127.0.0.1", port: port === 8080 ? ports.http : ports.https }), material);
}

/** Asks until the answer is the wanted one; returns how long that took. */
async function until(spec: RequestSpec, wanted: (seen: Seen) => boolean): Promise<number> {
  const start = performance.now();
  for (;;) {
    const seen = await request(spec);
    if (wanted(seen)) return performance.now() - start;
    if (performance.now() - start > 20_000) assert.fail(`still ${JSON.stringify(seen)}\n${gateway.output()}`);
    await pause(2);
  }
}

const header = (seen: Seen, name: string): string | undefined => seen.headers.find(([other]) => other === name)?.[1];

for (const host of ["quote.localhost", "quote.localhost:80", "quote.localhost:8080"]) {
  test(`cleartext with Host ${host} is redirected to where https is`, async () => {
    const seen = await request({ url: "http://quote.localhost/quote/", host });
    assert.equal(`${seen.status} ${seen.reason}`, "301 Moved Permanently");
    assert.equal(header(seen, "location"), `https://quote.localhost:${ports.https}/quote/`);
    assert.equal(header(seen, "server"), "envoy");
    assert.equal(header(seen, "content-length"), "0");
  });
}

test("over https there is a quote, over HTTP/1.1", async () => {
  const seen = await request({ url: "https://quote.localhost/quote/" });
  assert.equal(seen.status, 200);
  assert.equal(seen.http, "1.1");
  assert.equal(seen.tls?.alpn, null);
  assert.equal(header(seen, "content-type"), "application/json");
  assert.equal(header(seen, "server"), "envoy");
  assert.match(header(seen, "x-envoy-upstream-service-time") ?? "", /^\d+$/);
  assert.deepEqual(Object.keys(JSON.parse(seen.body) as object), ["server", "quote", "time"]);
});

test("echo shows the request as the backend received it", async () => {
  const { status, body } = await request({ url: "https://echo.localhost/echo/" });
  assert.equal(status, 200);
  const [requestLine, ...lines] = body.split("\n");
  assert.equal(requestLine, "GET / HTTP/1.1");
  for (const line of [
    "Host: echo.localhost",
    "X-Forwarded-Proto: https",
    "X-Envoy-Internal: true",
    "X-Envoy-Expected-Rq-Timeout-Ms: 3000",
    "X-Envoy-Original-Path: /echo/",
  ]) {
    assert.ok(lines.includes(line), `${line} is missing in:\n${body}`);
  }
  assert.match(body, /^X-Request-Id: [0-9a-f-]{36}$/m);
  // Envoy writes the machine's own address for a client on loopback.
  assert.match(body, /^X-Forwarded-For: [0-9.]+$/m);
});

test("a Mapping belongs to its host only, the annotation's to every host", async () => {
  assert.equal((await request({ url: "https://echo.localhost/quote/" })).status, 404);
  for (const host of ["echo.localhost", "quote.localhost"]) {
    const seen = await request({ url: `https://${host}/quote-of-2018/` });
    assert.equal(seen.status, 200);
    assert.ok("quote" in (JSON.parse(seen.body) as object));
  }
});

test("files that are added, edited and removed are served", async (t) => {
  const path = join(manifests, "more.yaml");
  const mapping = (prefix: string): string =>
    `apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: more}\nspec: {prefix: ${prefix}, service: echo.backend}\n`;
  const status = (wanted: number) => (seen: Seen) => seen.status === wanted;
  writeFileSync(path, mapping("/more/"));
  t.diagnostic(`added: ${Math.round(await until({ url: "https://echo.localhost/more/" }, status(200)))} ms`);
  edit("more.yaml", () => mapping("/other/"));
  t.diagnostic(`edited: ${Math.round(await until({ url: "https://echo.localhost/other/" }, status(200)))} ms`);
  assert.equal((await request({ url: "https://echo.localhost/more/" })).status, 404);
  rmSync(path);
  t.diagnostic(`removed: ${Math.round(await until({ url: "https://echo.localhost/other/" }, status(404)))} ms`);
});

test("an invalid edit leaves the last good version serving and is reported with file and line", async () => {
  const good = readFileSync(join(manifests, "mappings.yaml"), "utf8");
  edit("mappings.yaml", (text) => text.replace("prefix: /quote/", "prefix: [7]"));
  const line = good.split("\n").findIndex((text) => text.includes("prefix: /quote/")) + 1;
  await gateway.said(new RegExp(`mappings\\.yaml:${line}\\b`));
  assert.equal((await request({ url: "https://quote.localhost/quote/" })).status, 200);
  assert.equal((await request({ url: "https://echo.localhost/echo/" })).status, 200);
  edit("mappings.yaml", () => good.replace("prefix: /quote/", "prefix: /fixed/"));
  await until({ url: "https://quote.localhost/fixed/" }, (seen) => seen.status === 200);
});

test("the admin port answers", async () => {
  const response = await fetch(`http://127.0.0.1:${ports.admin}/ambassador/v0/check_ready`, {
    headers: { connection: "close" },
  });
  await response.text();
  assert.equal(response.status, 200);
});

test("Ctrl-C stops it and leaves nothing running", async () => {
  const { code, left } = await gateway.interrupt();
  assert.deepEqual(left, []);
  assert.ok(code === 0 || code === 130, `exit code ${code}\n${gateway.output()}`);
  for (const url of ["http://quote.localhost/", "https://quote.localhost/"]) {
    assert.match((await request({ url })).error ?? "", /ECONNREFUSED/);
  }
});
