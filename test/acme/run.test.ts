/**
 * Certificates through `dragoman run`: a Host with an authority gets https from one manifest, keeps it over a restart
 * and renews it while it serves.
 */
import assert from "node:assert/strict";
import type { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:tls";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { type Pebble, startPebble } from "./pebble.ts";

const home = mkdtempSync(join(tmpdir(), "dragoman-acme-run-"));
const manifests = join(home, "manifests.yaml");
const stateDirectory = join(home, "state");
let pebble: Pebble;
let cleartext: number;
let https: number;
let gateway: Program;

function write(...names: readonly string[]): void {
  const hosts = names.map((name) => ({
    apiVersion: "getambassador.io/v3alpha1",
    kind: "Host",
    metadata: { name },
    spec: { hostname: `${name}.test`, acmeProvider: { authority: pebble.directory, email: "admin@shop.test" } },
  }));
  const metadata = { name: "all" };
  const spec = { hostname: "*", prefix: "/", host_redirect: true, service: "there.test" };
  const mapping = { apiVersion: "getambassador.io/v3alpha1", kind: "Mapping", metadata, spec };
  writeFileSync(`${manifests}.tmp`, [...hosts, mapping].map((document) => JSON.stringify(document)).join("\n---\n"));
  renameSync(`${manifests}.tmp`, manifests);
}

function start(): Program {
  const ports = ["--port", `8080:${cleartext}`, "--port", `8443:${https}`];
  const authority = join(home, "authority.crt");
  writeFileSync(authority, pebble.serverAuthority);
  return startProgram(["run", manifests, "--state-dir", stateDirectory, ...ports], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: authority },
  });
}

/** The certificate that a client who trusts the authority gets, as soon as there is one. */
async function certificate(name: string): Promise<X509Certificate> {
  const ca = await pebble.root();
  for (;;) {
    const socket = connect({ host: "127.0.0.1", port: https, servername: `${name}.test`, ca });
    try {
      await once(socket, "secureConnect");
      const found = socket.getPeerX509Certificate();
      assert.ok(found);
      return found;
    } catch (error) {
      // A new listener is acknowledged a moment before it accepts connections.
      if (!(error instanceof Error && "code" in error && /^ECONN/.test(String(error.code)))) throw error;
    } finally {
      socket.destroy();
    }
    await pause(20);
  }
}

before(async () => {
  [cleartext, https] = [await freePort(), await freePort()];
  pebble = await startPebble({ refusedNoncesPercent: 20, reusedAuthorizationsPercent: 0, challengePort: cleartext });
});
after(async () => {
  gateway?.kill();
  await pebble.close();
  rmSync(home, { recursive: true, force: true });
});

test("a Host gets its certificate by itself, and another does not hold it up", async () => {
  await pebble.names.resolve("shop.test");
  await pebble.names.fail("lost.test");
  write("shop", "lost");
  gateway = start();
  await gateway.said(/certificate obtained.*shop\.test/);
  await gateway.said(/obtaining tlsSecret "lost\.test"\."default" \(hostnames=\["lost\.test"\]\): acme: Error/);
  assert.equal((await certificate("shop")).subjectAltName, "DNS:shop.test");
  const secret = /PRIVATE KEY|"d":/;
  assert.doesNotMatch(gateway.output(), secret);
});

test("what it has is its owner's alone, and outlives it", async () => {
  const directory = join(stateDirectory, "acme");
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  const files = readdirSync(directory).filter((file) => file !== "lock");
  assert.deepEqual(files.map((file) => file.split("-")[0]).sort(), ["account", "certificate", "certificate"]);
  for (const file of files) assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600);
  const { serialNumber } = await certificate("shop");
  assert.deepEqual(await gateway.interrupt(), { code: 0, left: [] });
  gateway = start();
  await gateway.line(/^ready/);
  assert.equal((await certificate("shop")).serialNumber, serialNumber);
  assert.doesNotMatch(gateway.output(), /performing ACME challenge.*shop\.test/);
});

test("another name in the manifests is another certificate", async () => {
  await pebble.names.resolve("more.test");
  write("shop", "more");
  await gateway.said(/certificate obtained.*more\.test/);
  assert.equal((await certificate("more")).subjectAltName, "DNS:more.test");
});
