/** A control plane without an Envoy, and Envoys that it serves over mutual TLS, all as their users start them. */

import assert from "node:assert/strict";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { TlsPaths } from "../../src/base/tls-files.ts";
import { answerOf } from "../answer.ts";
import { directoryOf, dragoman } from "../cli/dragoman.ts";
import { freePort } from "../envoy/free-port.ts";
import { until } from "../processes/running.ts";
import { authority, writeTls } from "../processes/tls-material.ts";
import { type Program, startProgram } from "./program.ts";

const manifest = join(import.meta.dirname, "../golden/remote-envoys/guide/input.yaml");
const edge = "edge-1.example";
const [first, second, stranger] = ["first", "second", "stranger"].map(authority);
assert.ok(first && second && stranger);

describe("an Envoy elsewhere", { concurrency: false }, () => {
  const directory = directoryOf({});
  const manifests = join(directory, "shop.yaml");
  const started: Program[] = [];
  let [port, xdsPort, adminPort, edgeAdminPort] = [0, 0, 0, 0];
  let serverTls: TlsPaths;
  let edgeTls: TlsPaths;
  let control: Program;
  let edgeOne: Program;

  const start = (args: readonly string[]): Program => {
    const env = {
      ...process.env,
      AMBASSADOR_ENVOY_BIND_ADDRESS: "127.0.0.1",
      ENVOY_CONCURRENCY: "1",
      TMPDIR: tmpdir(),
    };
    const program = startProgram(args, { env });
    started.push(program);
    return program;
  };
  const tlsFlags = ({ certificate, key, authorities }: TlsPaths): string[] => [
    "--xds-cert",
    certificate,
    "--xds-key",
    key,
    "--xds-ca",
    authorities,
  ];
  const runFlags = (): string[] => {
    const ports = ["--port", `8080:${port}`, "--admin-port", String(adminPort)];
    const xds = ["--xds-address", `127.0.0.1:${xdsPort}`, ...tlsFlags(serverTls)];
    return ["run", "--no-envoy", manifests, "--state-dir", join(directory, "state"), ...ports, ...xds];
  };
  const startEdge = (tls: TlsPaths, ...more: readonly string[]): Program =>
    start(["envoy", "--xds", `localhost:${xdsPort}`, ...tlsFlags(tls), ...more]);
  const save = (target: string): void => {
    const text = readFileSync(manifest, "utf8").replace(/\$\{UPSTREAM:u\}/, "9");
    writeFileSync(`${manifests}.new`, text.replaceAll("shop.example", target));
    renameSync(`${manifests}.new`, manifests);
  };
  const serves = (target: string): Promise<void> =>
    until(async () => (await ask(port, "/moved/")) === `301 http://${target}/moved/`);
  const envoys = async (): Promise<readonly { node: string; acknowledged: number }[]> =>
    JSON.parse((/^\[.*\]/.exec(await body(adminPort, "/ambassador/v0/diag/?filter=envoys")) ?? ["[]"])[0]);

  before(async () => {
    [port, xdsPort, adminPort, edgeAdminPort] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    serverTls = await writeTls(join(directory, "server"), first, ["localhost"]);
    edgeTls = await writeTls(join(directory, "edge"), first, [edge]);
    save("shop.example");
    control = start(runFlags());
    await control.line(/^ready admin /);
    edgeOne = startEdge(edgeTls, "--admin-port", String(edgeAdminPort));
    assert.match(await edgeOne.line(/^ready/), new RegExp(`^ready admin http://127.0.0.1:${edgeAdminPort}$`));
  });
  afterEach(() => {
    for (const program of started.splice(0)) if (program !== control && program !== edgeOne) program.kill();
  });
  after(() => {
    for (const program of [control, edgeOne]) program.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  test("serves, answers probes, and is shown", async () => {
    assert.equal(await ask(port, "/moved/"), "301 http://shop.example/moved/");
    assert.equal(await body(edgeAdminPort, "/ambassador/v0/check_ready"), "ready\n");
    assert.match(await body(edgeAdminPort, "/metrics"), /^envoy_http_downstream_rq_total\{/m);
    assert.equal(await body(adminPort, "/ambassador/v0/check_ready"), "ready\n");
    assert.deepEqual(
      (await envoys()).map(({ node }) => node),
      [edge],
    );
    assert.match(await body(adminPort, "/metrics"), /^dragoman_xds_remote_streams 1$/m);
  });

  test("has the Module's runtime flags", async () => {
    await until(async () => (await body(edgeAdminPort, "/metrics")).includes("envoy_runtime_num_keys"));
    const flags = await runtimeOf(edgeOne);
    assert.ok(flags.includes("overload.premature_reset_total_stream_count"), flags);
  });

  test("an edit reaches it", async () => {
    save("two.example");
    await serves("two.example");
  });

  test("one with a certificate of another authority gets nothing", async () => {
    const bad = startEdge(await writeTls(join(directory, "bad"), stranger, [edge], [first]));
    await bad.said(/gRPC config stream to dragoman_xds closed.*: 14, /);
    assert.equal((await envoys()).length, 1);
  });

  test("one that does not trust the control plane's authority, or finds another name there, takes nothing", async () => {
    const wary = startEdge(await writeTls(join(directory, "wary"), first, [edge], [stranger]));
    await wary.said(/CERTIFICATE_VERIFY_FAILED/);
    const misled = startEdge(edgeTls, "--xds-name", "other.example");
    await misled.said(/CERTIFICATE_VERIFY_FAILED/);
    assert.equal((await envoys()).length, 1);
  });

  test("a node that the certificate is not for, and no certificate, are refused in a sentence", async () => {
    const { status, stderr } = await dragoman([
      "envoy",
      "--xds",
      "localhost:1",
      ...tlsFlags(edgeTls),
      "--node-id",
      "x",
    ]);
    assert.deepEqual([status, stderr], [2, `dragoman: --node-id: the certificate is for ${edge}, and not for "x".\n`]);
    const taken = ["envoy", "--xds", "localhost:1", ...tlsFlags(edgeTls), "--admin-port", String(adminPort)];
    assert.match((await dragoman(taken)).stderr, /^dragoman: port \d+ is taken by another program; choose another/);
    assert.match((await dragoman(["envoy", "--xds", "localhost:1"])).stderr, /needs certificates of both sides/);
    const open = await dragoman(["run", manifests, "--xds-address", "127.0.0.1:1"]);
    assert.match(open.stderr, /needs certificates of both sides/);
    const nobody = await dragoman(["run", manifests, "--no-envoy"]);
    assert.match(nobody.stderr, /nobody would be served/);
  });

  test("with all certificates replaced it goes on", async (t) => {
    const answers = load(port);
    t.after(answers.end);
    await writeTls(join(directory, "edge"), second, [edge], [first, second]);
    await edgeOne.said(/the certificate has been replaced/);
    await writeTls(join(directory, "server"), second, ["localhost"]);
    await control.said(/the certificate has been replaced/);
    await until(async () => (await envoys()).some(({ acknowledged }) => acknowledged > 0));
    save("three.example");
    await serves("three.example");
    assert.deepEqual(await answers.end(), ["301"]);
  });

  test("the control plane is killed and comes back: nothing is lost", async (t) => {
    const answers = load(port);
    t.after(answers.end);
    const killed = control.pid(/ control /);
    assert.ok(killed);
    process.kill(killed, "SIGKILL");
    await until(async () => ![undefined, killed].includes(control.pid(/ control /)));
    await until(async () => (await envoys()).some(({ acknowledged }) => acknowledged > 0));
    assert.match(await body(adminPort, "/metrics"), /^dragoman_xds_bytes_total 0$/m);
    save("four.example");
    await serves("four.example");
    assert.deepEqual(await answers.end(), ["301"]);
  });

  test("Ctrl-C ends it, and leaves nothing running", async () => {
    assert.deepEqual(await edgeOne.interrupt(), { code: 0, left: [] });
    await until(async () => (await envoys()).length === 0);
    assert.equal(await body(adminPort, "/ambassador/v0/check_ready"), "ready\n");
  });
});

/** Asks one request after the other until the end; gives the statuses that there were. */
function load(port: number): { end(): Promise<readonly string[]> } {
  let isOver = false;
  const statuses = new Set<string>();
  const asking = (async () => {
    while (!isOver) {
      statuses.add((await ask(port, "/moved/").catch((error: Error) => error.message)).slice(0, 3));
      await setImmediate();
    }
  })();
  return {
    async end() {
      isOver = true;
      await asking;
      return [...statuses];
    },
  };
}

/** The runtime of the Envoy that a program has started. */
async function runtimeOf(program: Program): Promise<string> {
  const directory = /"?--?c (\S+)\/envoy\.json/.exec(
    readFileSync(`/proc/${program.pid(/--drain-time-s/)}/cmdline`, "utf8").replaceAll("\0", " "),
  );
  const socketPath = join(directory?.[1] ?? "", "envoy-admin.sock");
  return (await answerOf({ socketPath, path: "/runtime" })).body;
}

async function ask(port: number, path: string): Promise<string> {
  const { status, headers } = await answerOf({ port, path });
  return `${status} ${headers.location ?? ""}`;
}

/** Empty while nobody answers. */
async function body(port: number, path: string): Promise<string> {
  return answerOf({ port, path }).then(
    (answer) => answer.body,
    () => "",
  );
}
