/**
 * Certificates that Envoy asks for by name, through `dragoman run`: Hosts come and go and certificates are replaced
 * without a word to the listener, and names of other secrets in a handshake reach none of them.
 */
import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:tls";
import { type Seen, send } from "../envoy/client.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import { type Program, startProgram } from "./program.ts";

const material = openMaterial();
const home = mkdtempSync(join(tmpdir(), "dragoman-by-name-"));
const manifests = join(home, "manifests.yaml");
let gateway: Program;
let port: number;
let admin: number;

interface Scene {
  /** By name, the certificate's. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly authority: string;
}

const object = (kind: string, name: string, spec: object) => ({
  apiVersion: "getambassador.io/v2",
  kind,
  metadata: { name },
  spec,
});

const secret = (name: string, data: Readonly<Record<string, string>>) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name },
  stringData: data,
});

function write({ hosts, authority }: Scene): void {
  const documents = Object.entries({ ...hosts, "staff.test": "staff" }).flatMap(([hostname, certificate]) => {
    const { certificate: chain, key } = material.certificate(`${certificate}:${hostname},${certificate}.cert`);
    const tls = hostname === "staff.test" ? { tls: { ca_secret: "staff-ca", cert_required: true } } : {};
    return [
      object("Host", hostname, { hostname, tlsSecret: { name: hostname }, ...tls }),
      secret(hostname, { "tls.crt": chain, "tls.key": key }),
    ];
  });
  documents.push(secret("staff-ca", { "tls.crt": material.authority(authority) }));
  documents.push(object("Mapping", "all", { prefix: "/", host_redirect: true, service: "there.test" }));
  writeFileSync(`${manifests}.tmp`, documents.map((one) => JSON.stringify(one)).join("\n---\n"));
  renameSync(`${manifests}.tmp`, manifests);
}

before(async () => {
  [port, admin] = await Promise.all([freePort(), freePort()]);
  write({ hosts: { "shop.test": "first", "blog.test": "blog" }, authority: "staff" });
  gateway = startProgram(
    [
      ...["run", manifests, "--state-dir", join(home, "state"), "--admin-port", String(admin)],
      ...["--port", `8443:${port}`, "--port", `8080:${await freePort()}`],
    ],
    { env: { ...process.env, DRAGOMAN_CERTIFICATES: "by-name" } },
  );
  await gateway.line(/^ready/);
});
after(() => {
  gateway.kill();
  rmSync(home, { recursive: true, force: true });
});

const ask = (name: string, more: object = {}): Promise<Seen> =>
  send({ url: `https://${name}/`, ...more }, () => ({ host: "127.0.0.1", port }), material);

async function until(isSo: (seen: Seen) => boolean, name: string): Promise<void> {
  const start = performance.now();
  for (let seen = await ask(name); !isSo(seen); seen = await ask(name)) {
    if (performance.now() - start > 20_000) assert.fail(`${JSON.stringify(seen)}\n${gateway.output()}`);
    await pause(10);
  }
}

const serves = (name: string) => (seen: Seen) => seen.certificate?.dnsNames.includes(`${name}.cert`) ?? false;
const fails = ({ error }: Seen): boolean => error !== undefined;

/** How a handshake with this server name ends. */
function shake(servername: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, servername, rejectUnauthorized: false }, () => {
      socket.destroy();
      resolve("accepted");
    });
    socket.on("error", () => resolve("refused"));
  });
}

async function listenerChanges(): Promise<string | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text();
  return text
    .split("\n")
    .filter((line) => /^envoy_listener_manager_listener_(modified|create_success)/.test(line))
    .join();
}

test("Hosts come and go, and certificates are replaced, without a change of the listener", async () => {
  assert.ok(serves("first")(await ask("shop.test")));
  assert.ok(serves("blog")(await ask("blog.test")));
  const before = await listenerChanges();
  write({ hosts: { "shop.test": "second", "blog.test": "blog", "news.test": "news" }, authority: "staff" });
  await until(serves("second"), "shop.test");
  await until(serves("news"), "news.test");
  write({ hosts: { "shop.test": "second", "news.test": "news" }, authority: "staff" });
  await until(fails, "blog.test");
  assert.equal(await listenerChanges(), before);
  assert.doesNotMatch(gateway.output(), /filter chains? ends?/);
});

test("a name in other letters is the same name, also when its certificate is replaced", async () => {
  assert.ok(serves("second")(await ask("shop.test", { sni: "SHOP.Test" })));
  write({ hosts: { "shop.test": "third", "news.test": "news" }, authority: "staff" });
  await until(serves("third"), "shop.test");
  const start = performance.now();
  while (!serves("third")(await ask("shop.test", { sni: "SHOP.Test" }))) {
    if (performance.now() - start > 20_000) assert.fail("the other spelling has the old certificate");
    await pause(10);
  }
});

test("handshakes with names of secrets reach none of them, and hinder none", async () => {
  for (const name of ["default/staff-ca", "default/shop.test"]) assert.equal(await shake(name), "refused");
  const client = (authority: string) => ({ clientCertificate: `of-${authority}:alice.test:ca=${authority}` });
  assert.equal((await ask("staff.test", client("staff"))).status, 301);
  write({ hosts: { "shop.test": "third", "news.test": "news" }, authority: "other" });
  const start = performance.now();
  while ((await ask("staff.test", client("other"))).status !== 301) {
    if (performance.now() - start > 20_000) assert.fail(`the new authority is not in force\n${gateway.output()}`);
    await pause(10);
  }
  assert.doesNotMatch(gateway.output(), /refuse/i);
});
