/**
 * The admin interface of a whole run: what it tells, whom, and what it never tells. Everything that is secret in the
 * manifests has `hush` in it.
 */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { answerOf, type Question } from "../answer.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import { type Program, startProgram } from "./program.ts";

const home = mkdtempSync(join(tmpdir(), "dragoman-admin-"));
const { certificate, key } = openMaterial().certificate("shop:shop.test");
const base64 = (text: string) => Buffer.from(text).toString("base64");
let gateway: Program;
let port: number;
let admin: number;
let snapshot: number;

function manifests(): readonly object[] {
  const custom = (kind: string, name: string, spec: object) => ({
    apiVersion: "getambassador.io/v3alpha1",
    kind,
    metadata: { name },
    spec,
  });
  return [
    {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/tls",
      metadata: {
        name: "shop-tls",
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": `{"data":{"tls.key":"${base64(key)}"}}` },
      },
      data: { "tls.crt": base64(certificate), "tls.key": base64(key) },
    },
    custom("Module", "ambassador", { config: { diagnostics: { enabled: true, allow_non_local: true } } }),
    custom("Host", "shop", {
      hostname: "*",
      tlsSecret: { name: "shop-tls" },
      requestPolicy: { insecure: { action: "Route" } },
    }),
    custom("Mapping", "back-door", {
      hostname: "*",
      prefix: "/back-door/",
      service: `127.0.0.1:${admin}`,
      host_rewrite: "localhost",
    }),
    custom("Mapping", "keyed", {
      hostname: "*",
      prefix: "/keyed/",
      service: "upstream.test",
      headers: { "x-api-key": "hush" },
      add_request_headers: { "x-api-key": { value: "hush", append: false } },
    }),
    custom("AuthService", "auth", { auth_service: "auth.test:3000", failure_mode_allow: true }),
    custom("Filter", "login", { OAuth2: { authorizationURL: "https://login.test", clientID: "shop", secret: "hush" } }),
    custom("Mapping", "bad", { hostname: "*", prefix: "/bad/", service: "upstream.test", timeout_ms: "soon" }),
  ];
}

before(async () => {
  [port, admin, snapshot] = await Promise.all([freePort(), freePort(), freePort()]);
  const file = join(home, "manifests.yaml");
  writeFileSync(
    file,
    manifests()
      .map((one) => JSON.stringify(one))
      .join("\n---\n"),
  );
  gateway = startProgram(
    [
      ...["run", file, "--state-dir", join(home, "state")],
      ...["--admin-port", String(admin), "--snapshot-port", String(snapshot)],
      ...["--port", `8080:${port}`, "--port", `8443:${await freePort()}`],
    ],
    { env: { ...process.env, DRAGOMAN_METRICS_CLUSTERS: "1" } },
  );
  await gateway.line(/^ready/);
});
after(() => {
  gateway.kill();
  rmSync(home, { recursive: true, force: true });
});

async function ask(path: string, question: Question = {}): Promise<string> {
  const { status, body } = await answerOf({ port: admin, ...question, path });
  return `${status} ${body}`;
}

async function json<T>(path: string, at = admin): Promise<T> {
  const answer = await ask(path, { port: at });
  assert.match(answer, /^200 /);
  return JSON.parse(answer.slice(4)) as T;
}

const overviewKeys = [
  "active_elements",
  "ambassador_elements",
  "ambassador_resolvers",
  "ambassador_resources",
  "ambassador_services",
  "banner_content",
  "cluster_info",
  "cluster_stats",
  "envoy_elements",
  "envoy_resources",
  "envoy_status",
  "envoys",
  "errors",
  "groups",
  "loginfo",
  "notices",
  "route_info",
  "source_map",
  "system",
  "tlscontexts",
];

test("the diagnostics have the old keys, and filter gives one of them", async () => {
  const overview = await json<Record<string, unknown>>("/ambassador/v0/diag/?json=true");
  assert.deepEqual(Object.keys(overview).sort(), overviewKeys);
  assert.match(JSON.stringify(overview["errors"]), /Mapping.*bad.*timeout_ms/);
  const routes = await json<Record<string, unknown>[]>("/ambassador/v0/diag/?json=true&filter=route_info");
  const keyed = routes.find(({ _source }) => _source === "Mapping default/keyed");
  assert.deepEqual(
    ["prefix", "rewrite", "method", "host", "key"].map((key) => keyed?.[key]),
    ["/keyed/", "/", "*", "*", "Mapping default/keyed"],
  );
  assert.match(String(keyed?.["_group_id"]), /^[0-9a-f]{40}$/);
  const [cluster] = (keyed?.["clusters"] ?? []) as readonly Record<string, unknown>[];
  assert.deepEqual([cluster?.["service"], cluster?.["weight"]], ["upstream.test", 100]);
  const status = await json<Record<string, unknown>>("/ambassador/v0/diag/?json=true&filter=envoy_status");
  assert.deepEqual([status["ready"], status["alive"]], [true, true]);
  assert.match(String(status["uptime"]), /^\d+ (second|minute)s?/);
  const [auth] = await json<Record<string, unknown>[]>("/ambassador/v0/diag/?json=true&filter=ambassador_services");
  assert.deepEqual([auth?.["type"], auth?.["name"], auth?.["_service_weight"]], ["AuthService", "auth.test:3000", 100]);
  const clusters = await json<Record<string, unknown>>("/ambassador/v0/diag/?json=true&filter=cluster_info");
  assert.ok(String(auth?.["cluster"]) in clusters);
  const web = await json<Record<string, unknown>>("/ambassador/v0/diag/?json=true&filter=webui");
  assert.deepEqual(Object.keys(web).sort(), overviewKeys);
  assert.match(await ask("/ambassador/v0/diag/?json=true&patch_client=a"), /^400 patches are not made/);
  assert.equal(await json("/ambassador/v0/diag/?json=true&filter=nothing"), null);
  assert.equal(await json("/ambassador/v0/diag/?json=true&filter=toString"), null);
});

test("the log level is changed by a POST of this machine alone", async () => {
  const path = "/ambassador/v0/diag/?loglevel=debug";
  const level = async () => (await json<{ all: string }>("/ambassador/v0/diag/?filter=loginfo")).all;
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
  const before = await level();
  assert.match(await ask(path), /^405 /);
  assert.match(await ask(path, { ...post, headers: { ...post.headers, host: "shop.test" } }), /^403 /);
  assert.match(await ask(path, { ...post, port, headers: { ...post.headers, host: "localhost" } }), /^403 /);
  assert.match(await ask("/ambassador/v0/diag/?loglevel=loud", post), /^400 loglevel: one of debug, info/);
  assert.equal(await level(), before);
  assert.match(await ask("/metrics"), /^ambassador_log_level\{level="debug"\} 0$/m);
  assert.equal(await ask(path, post), '200 {"loglevel":"debug"}\n');
  assert.equal(await level(), "debug");
  assert.match(await ask("/metrics"), /^ambassador_log_level\{level="debug"\} 1$/m);
  await ask("/keyed/", { port, headers: { "x-api-key": "hush", "x-more": "hush" } });
  await gateway.said(/ debug +envoy /);
  await ask(`/ambassador/v0/diag/?loglevel=${before}`, post);
});

test("a route that somebody makes to the admin port does not make its callers local", async () => {
  for (const headers of [{ host: "localhost" }, { host: "localhost", "x-ambassador-diag-ip": "127.0.0.1" }]) {
    const through = (path: string) => ask(`/back-door${path}`, { port, headers });
    assert.equal(await through("/ambassador/v0/check_ready"), "200 ready\n");
    for (const path of ["/metrics", "/debug", "/routes", "/debug/graph/admit/x"]) {
      assert.equal(await through(path), "403 only for this machine\n", path);
    }
  }
});

test("the metrics are those of the reference page, and valid", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/reference/metrics.md"), "utf8");
  const documented = [...page.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, type]) => `${name} ${type}`);
  const text = (await ask("/metrics")).slice("200 ".length);
  const types = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
  assert.deepEqual(types, [...new Set(types)]);
  const ours = types.filter((type) => !type.startsWith("envoy_"));
  // Only a cluster is watched.
  assert.deepEqual(
    ours,
    documented.filter((type) => !type.startsWith("dragoman_watch_")),
  );
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("# "));
  assert.deepEqual(
    lines.filter((line) => !/^\w+(\{(\w+="([^"\\\n]|\\.)*",?)*\})? (\d[\d.e+-]*|NaN|\+Inf)$/.test(line)),
    [],
  );
  assert.match(text, /^ambassador_diagnostics_info\{version="0\.0\.0",ambassador_id="default",cluster_id="0+-/m);
  assert.match(text, /^dragoman_objects\{kind="Mapping"\} 3$/m);
  assert.match(text, /^ambassador_diagnostics_errors [1-9]/m);
  assert.match(text, /^envoy_server_live\{\} 1$/m);
});

test("upstreams beyond the limit are one series", async () => {
  await ask("/back-door/ambassador/v0/check_alive", { port });
  const text = await ask("/metrics");
  const names = new Set([...text.matchAll(/envoy_cluster_name="([^"]*)"/g)].map(([, name]) => name));
  assert.equal(names.size, 2);
  assert.ok(names.has("other"));
});

test("durations of compiling and of probes", async () => {
  await ask("/ambassador/v0/check_alive");
  const { timers, values } = await json<{
    timers: Record<string, { count: number; min: string }>;
    values: { envoyReconfigs: { synced: boolean } };
  }>("/debug");
  for (const name of ["update", "compile", "report", "check_alive"]) assert.ok((timers[name]?.count ?? 0) > 0, name);
  assert.match(timers["update"]?.min ?? "", /^\d+\.\d{6}s$/);
  assert.equal(values.envoyReconfigs.synced, true);
  assert.match(await ask("/debug/graph/no%such/x"), /^404 /);
});

test("the snapshot shows the objects in force to everybody, at its own port alone", async () => {
  interface Snapshot {
    readonly AmbassadorMeta: { readonly ambassador_id: string };
    readonly Kubernetes: Readonly<Record<string, { metadata: { name: string }; data?: object }[]>>;
    readonly Invalid: readonly { readonly errors: string; readonly metadata: { readonly name: string } }[];
  }
  const { AmbassadorMeta, Kubernetes, Invalid } = await json<Snapshot>("/snapshot-external", snapshot);
  assert.equal(AmbassadorMeta.ambassador_id, "default");
  assert.deepEqual(Kubernetes["Mapping"]?.map(({ metadata }) => metadata.name).sort(), ["back-door", "keyed"]);
  assert.deepEqual(Kubernetes["secret"]?.[0]?.data, { "tls.crt": "", "tls.key": "" });
  assert.deepEqual(Invalid.map(({ metadata }) => metadata.name).sort(), ["bad"]);
  assert.match(Invalid[0]?.errors ?? "", /timeout_ms/);
  const byName = await ask("/snapshot-external", { port: snapshot, headers: { host: "dragoman-admin:8005" } });
  assert.match(byName, /^200 /);
  assert.match(await ask("/snapshot-external"), /^404 /);
  assert.match(await ask("/metrics", { port: snapshot }), /^404 /);
});

const secretInGraph = "/debug/graph/admit/Secret./default/shop-tls";

test("what a value was made from is told, and not the value", async () => {
  const made = await json<Record<string, unknown>>(secretInGraph);
  assert.ok(!("value" in made));
  assert.match(JSON.stringify(made["reads"]), /settings/);
});

test("nothing secret is told anywhere", async () => {
  const pages = ["/ambassador/v0/diag/?json=true", "/metrics", "/debug", secretInGraph];
  const told = [...(await Promise.all(pages.map((path) => ask(path)))), gateway.output()];
  told.push(await ask("/snapshot-external", { port: snapshot }));
  for (const text of told) {
    assert.ok(!text.includes("hush"));
    assert.ok(!text.includes(key.split("\n")[1] ?? key) && !text.includes(base64(key).slice(40, 100)));
  }
});
