/** What the bootstrap says, as a real Envoy understands it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { readTlsFiles } from "../../src/base/tls-files.ts";
import { type BootstrapOptions, bootstrap } from "../../src/keeper/bootstrap.ts";
import { obtainEnvoy } from "../../src/keeper/envoy-binary.ts";
import { makeRuntimeDirectory } from "../../src/keeper/runtime-dir.ts";
import { keepCredentials } from "../../src/keeper/xds-credentials.ts";
import { freePort } from "../envoy/free-port.ts";
import { listener, put, routes } from "./resources.ts";
import { until } from "./running.ts";
import { get, type ServedEnvoy, startServedEnvoy } from "./served-envoy.ts";
import { authority, writeTls } from "./tls-material.ts";

const identity = { nodeId: "test", nodeCluster: "default-default", version: "0" };

test("Envoy takes every variant of it", async () => {
  const { path: binary } = await obtainEnvoy();
  const directory = await makeRuntimeDirectory();
  const { xdsSocket, envoyAdminSocket: adminSocket, bootstrapFile, path } = directory;
  const tls = await writeTls(join(path, "tls"), authority("test"), ["edge.example"]);
  const credentials = await keepCredentials(directory, tls, await readTlsFiles(tls), () => undefined);
  const { xdsIdentityFile: identityFile, xdsAuthoritiesFile: authoritiesFile } = directory;
  const remote = { port: 18000, serverName: "control.example", identityFile, authoritiesFile };
  const variants: Readonly<Record<string, Partial<BootstrapOptions>>> = {
    usual: {},
    limited: { maxHeapBytes: 256 * 1024 * 1024, maxConnections: 100 },
    "all statistics": { keptStats: "all" },
    "a name": { remote: { ...remote, host: "control.example" } },
    "an address": { remote: { ...remote, host: "10.0.0.1", serverName: "10.0.0.1" } },
  };
  try {
    for (const [name, variant] of Object.entries(variants)) {
      await writeFile(bootstrapFile, JSON.stringify(bootstrap({ ...identity, xdsSocket, adminSocket, ...variant })));
      const checked = promisify(execFile)(binary, ["--mode", "validate", "-c", bootstrapFile]);
      await assert.doesNotReject(checked, name);
    }
  } finally {
    credentials.close();
    await rm(path, { recursive: true });
  }
});

describe("an Envoy with the usual bootstrap", { concurrency: false }, () => {
  let envoy: ServedEnvoy;
  let port: number;

  before(async () => {
    port = await freePort();
    envoy = await startServedEnvoy();
    envoy.xds.update(put(listener("web", port), routes("web", "here")));
    envoy.xds.open();
    await until(async () => (await get(port).catch(() => "")) === "200 here");
  });
  after(() => envoy.close());

  test("its admin socket is its owner's", async () => {
    assert.equal((await stat(envoy.adminSocket)).mode & 0o777, 0o600);
  });

  test("keeps what dashboards show, and not what nobody looks at", async () => {
    const names = [...(await envoy.admin.stats("")).keys()];
    for (const name of ["http.ingress_http.downstream_rq_total", "server.live", "cluster_manager.active_clusters"]) {
      assert.ok(names.includes(name), name);
    }
    assert.ok(names.some((name) => /^listener\..*\.downstream_cx_total$/.test(name)));
    assert.deepEqual(
      names.filter((name) => name.includes(".lb_") || name.includes(".bind_errors")),
      [],
    );
  });

  test("regular expressions have a limit", async () => {
    const { entries } = JSON.parse((await envoy.admin.get("/runtime")).body) as {
      readonly entries: Readonly<Record<string, { readonly final_value: string }>>;
    };
    assert.equal(entries["re2.max_program_size.error_level"]?.final_value, "200");
  });
});

test("an Envoy beyond its memory refuses requests and goes on", async () => {
  const port = await freePort();
  const envoy = await startServedEnvoy({}, { maxHeapBytes: 1024 * 1024 });
  try {
    envoy.xds.update(put(listener("web", port), routes("web", "here")));
    envoy.xds.open();
    await until(async () => {
      const stats = await envoy.admin.stats("overload.*scale_percent|overload.*active").catch(() => new Map());
      return [...stats].some(([name, value]) => name.includes("stop_accepting_requests.active") && value === 1);
    });
    assert.equal(await envoy.admin.isReady(), true);
  } finally {
    await envoy.close();
  }
});
