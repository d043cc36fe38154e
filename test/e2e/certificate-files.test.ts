/**
 * Certificates in files, through `dragoman run`: nothing is read unless its directory is allowed, and a certificate
 * that is replaced on disk is served to new connections while those that are there go on.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:tls";
import { dragoman } from "../cli/dragoman.ts";
import { type Seen, send } from "../envoy/client.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import { type Program, startProgram } from "./program.ts";

const material = openMaterial();
const home = mkdtempSync(join(tmpdir(), "dragoman-certificates-"));
const manifests = join(home, "manifests.yaml");
const certs = join(home, "certs");
let gateway: Program;
let port: number;

/** As a mounted Secret: a directory for each version, and links that are swapped at once. */
function mount(version: number, spec: string): void {
  const { certificate, key } = material.certificate(spec);
  mkdirSync(join(certs, `..${version}`), { recursive: true });
  writeFileSync(join(certs, `..${version}`, "tls.crt"), certificate);
  writeFileSync(join(certs, `..${version}`, "tls.key"), key);
  symlinkSync(`..${version}`, join(certs, "..data_tmp"));
  renameSync(join(certs, "..data_tmp"), join(certs, "..data"));
  if (version > 1) return;
  for (const file of ["tls.crt", "tls.key"]) symlinkSync(`..data/${file}`, join(certs, file));
}

function write(prefix: string): void {
  const documents = [
    ["TLSContext", { hosts: ["shop.test"], cert_chain_file: join(certs, "tls.crt"), private_key_file: "tls.key" }],
    ["Mapping", { prefix, host_redirect: true, service: "there.test" }],
  ].map(([kind, spec]) => ({ apiVersion: "getambassador.io/v2", kind, metadata: { name: "shop" }, spec }));
  writeFileSync(`${manifests}.tmp`, documents.map((document) => JSON.stringify(document)).join("\n---\n"));
  renameSync(`${manifests}.tmp`, manifests);
}

before(async () => {
  port = await freePort();
  mount(1, "first:shop.test,first.test");
  write("/one/");
  gateway = startProgram([
    ...["run", manifests, "--state-dir", join(home, "state"), "--file-dir", certs],
    ...["--port", `8443:${port}`, "--port", `8080:${await freePort()}`],
  ]);
  await gateway.line(/^ready/);
});
after(() => {
  gateway.kill();
  rmSync(home, { recursive: true, force: true });
});

const ask = (path: string): Promise<Seen> =>
  send({ url: `https://shop.test${path}` }, () => ({ host: "127.0.0.1", port }), material);

async function until(isSo: (seen: Seen) => boolean, path = "/one/"): Promise<void> {
  while (!isSo(await ask(path))) await pause(10);
}

const serves = (name: string) => (seen: Seen) => seen.certificate?.dnsNames.includes(name) ?? false;

test("a certificate that is replaced on disk is served to new connections, and open ones go on", async () => {
  assert.deepEqual((await ask("/one/")).certificate?.dnsNames, ["shop.test", "first.test"]);
  const open = connect({ host: "127.0.0.1", port, servername: "shop.test", rejectUnauthorized: false });
  await once(open, "secureConnect");
  mount(2, "second:shop.test,second.test");
  await until(serves("second.test"));
  assert.doesNotMatch(gateway.output(), /filter chains end/);
  open.write("GET /one/ HTTP/1.1\r\nhost: shop.test\r\n\r\n");
  const [answer] = (await once(open, "data")) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 301/);
  open.destroy();
});

test("a route changes as ever, and the certificate stays", async () => {
  write("/two/");
  await until(({ status }) => status === 301, "/two/");
  assert.ok(serves("second.test")(await ask("/two/")));
});

test("a pair that does not fit is told, and a good one is served again", async () => {
  const other = material.certificate("other:other.test");
  mkdirSync(join(certs, "..3"));
  writeFileSync(join(certs, "..3", "tls.crt"), material.certificate("second").certificate);
  writeFileSync(join(certs, "..3", "tls.key"), other.key);
  symlinkSync("..3", join(certs, "..data_tmp"));
  renameSync(join(certs, "..data_tmp"), join(certs, "..data"));
  await gateway.said(/its private key does not belong to its certificate/);
  mount(4, "fourth:shop.test,fourth.test");
  await until(serves("fourth.test"), "/two/");
  assert.doesNotMatch(gateway.output(), /PRIVATE KEY/);
});

test("what a mesh's agent writes is the Secret istio-certs, and is served anew when it is renewed", async () => {
  const agent = join(home, "istio-certs");
  mkdirSync(agent);
  const renew = (spec: string): void => {
    const { certificate, key } = material.certificate(spec);
    const files = { "cert-chain.pem": certificate, "key.pem": key, "root-cert.pem": certificate };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(agent, `${name}.tmp`), text);
      renameSync(join(agent, `${name}.tmp`), join(agent, name));
    }
  };
  renew("mesh-1:mesh.test,mesh-1.test");
  const context = { hosts: ["mesh.test"], secret: "istio-certs" };
  const mapping = { prefix: "/mesh/", host_redirect: true, service: "there.test" };
  const file = join(home, "mesh.yaml");
  const documents = Object.entries({ TLSContext: context, Mapping: mapping }).map(([kind, spec]) =>
    JSON.stringify({ apiVersion: "getambassador.io/v2", kind, metadata: { name: "mesh" }, spec }),
  );
  writeFileSync(file, documents.join("\n---\n"));
  const https = await freePort();
  const mesh = startProgram(["run", file, "--port", `8443:${https}`, "--port", `8080:${await freePort()}`], {
    env: { ...process.env, AMBASSADOR_ISTIO_SECRET_DIR: agent, XDG_STATE_HOME: home },
  });
  try {
    await mesh.line(/^ready/);
    const look = () => send({ url: "https://mesh.test/mesh/" }, () => ({ host: "127.0.0.1", port: https }), material);
    assert.ok(serves("mesh-1.test")(await look()));
    renew("mesh-2:mesh.test,mesh-2.test");
    while (!serves("mesh-2.test")(await look())) await pause(10);
  } finally {
    mesh.kill();
  }
});

test("lint and compile read what run reads, and nothing unless it is allowed", async () => {
  const refused = await dragoman(["lint", manifests]);
  assert.equal(refused.status, 1);
  assert.match(refused.stdout, /tls\/unusable-file.*it is in none of the directories that may be read/);
  assert.equal((await dragoman(["lint", manifests, "--file-dir", certs])).status, 0);
  const compiled = await dragoman(["compile", manifests], { env: { DRAGOMAN_FILE_DIRS: certs } });
  assert.equal(compiled.status, 0);
  assert.match(compiled.stdout, /tls_certificate_sds_secret_configs|tlsCertificateSdsSecretConfigs/);
  assert.doesNotMatch(compiled.stdout, /PRIVATE KEY/);
});
