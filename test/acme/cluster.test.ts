/**
 * Certificates in a cluster as the tutorial shows them, with the real API server, kubectl, the chart's roles and a
 * strict authority: what kubectl prints while names do not resolve yet, and what is served when they do.
 */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { answerOf } from "../answer.ts";
import { openMaterial } from "../envoy/material.ts";
import { readable, tracesOfKeys } from "./readable.ts";
import { namespace, openSite, type Replica, type Site } from "./site.ts";

/** How long it may take in seconds, where that is what is tried. */
const [mostToWait, mostToReady] = process.env["TIMES"] ? [3, 30] : [60, 60];

let site: Site;
let gateway: Replica;

before(async () => {
  site = await openSite({ refusedNoncesPercent: 15 });
  // It is about Hosts that mention no authority alone.
  gateway = await site.start({ DRAGOMAN_EDGE_STACK_HOSTS: "true" });
});
after(async () => {
  await site?.close();
});

interface Event {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly source: { readonly component: string };
}

const read = async (...what: readonly string[]) => JSON.parse(await site.kubectl("get", ...what, "-o", "json"));

function took(what: string, began: number, most: number): void {
  const seconds = (performance.now() - began) / 1000;
  if (process.env["TIMES"]) console.log(`${what}: ${seconds.toFixed(1)} s`);
  assert.ok(seconds <= most, `${what}: ${seconds} s`);
}

/** Type, reason, age and how often, source and message, as `kubectl describe` prints them. */
function isEventLine(line: string, type: string, reason: string, message: string): boolean {
  const [before = "", rest] = line.split("Ambassador Edge Stack  ");
  return new RegExp(`^ *${type} +${reason} +\\S+ +(?:\\(x\\d+ over \\S+\\) +)?$`).test(before) && rest === message;
}

async function events(host: string): Promise<readonly Event[]> {
  const selector = `involvedObject.kind=Host,involvedObject.name=${host}`;
  const { items } = JSON.parse(await site.kubectl("get", "events", "--field-selector", selector, "-o", "json")) as {
    items: readonly Event[];
  };
  return items;
}

/** Status and body of a request in cleartext. */
async function ask(replica: Replica, host: string, path: string): Promise<string> {
  const { status, body } = await answerOf({ port: replica.http, path, headers: { host } });
  return `${status} ${body}`.trim();
}

test("two Hosts wait for their names, and kubectl says so in seconds", async () => {
  for (const name of ["echo", "quote"]) await site.pebble.names.fail(`${name}.shop.test`);
  await site.cluster.apply(site.host("echo"), site.host("quote"));
  const began = performance.now();
  const waiting = /^(Pending|Error) ACMEUserRegistered ACMECertificateChallenge$/;
  for (const name of ["echo", "quote"])
    await site.until(
      () => site.line(name),
      (line) => waiting.test(line),
    );
  took("two Hosts applied → both say what they wait for", began, mostToWait);
});

test("the problem of the names is told in the authority's own words", async () => {
  const ofKey: string[] = [];
  for (const [name, secret] of [
    ["echo", "echo-cert"],
    ["quote", "quote-cert"],
  ] as const) {
    await site.until(
      () => site.line(name),
      (line) => line === "Error ACMEUserRegistered ACMECertificateChallenge",
    );
    const title = `tlsSecret "${secret}"."ambassador" (hostnames=["${name}.shop.test"])`;
    const told = await site.until(
      () => events(name),
      (all) => all.some(({ type }) => type === "Warning"),
    );
    const warning = told.find(({ type }) => type === "Warning");
    assert.equal(warning?.reason, "Error");
    const [first = "", second = ""] = (warning?.message ?? "").split("\n");
    assert.equal(first, `obtaining ${title}: acme: Error -> One or more domains had a problem:`);
    assert.match(second, new RegExp(`^\\[${name}\\.shop\\.test\\] acme: error: 400 :: urn:ietf:params:acme:error:`));
    const pending = [
      "waiting for Host DefaultsFilled change to be reflected in snapshot",
      "waiting for Host status change to be reflected in snapshot",
      "registering ACME account",
      "ACME account registered",
      "waiting for Host ACME account registration change to be reflected in snapshot",
      `${title}: needs updated: tlsSecret does not exist`,
      `performing ACME challenge for ${title}...`,
    ];
    const messages = told.flatMap(({ reason, message }) => (reason === "Pending" ? [message] : []));
    ofKey.push(...messages.filter((message) => message.includes("private key")));
    assert.deepEqual(messages.filter((message) => !ofKey.includes(message)).toSorted(), pending.toSorted());
    assert.ok(told.every(({ source }) => source.component === "Ambassador Edge Stack"));
    const description = await site.kubectl("describe", "host", name);
    for (const message of pending) {
      assert.ok(
        description.split("\n").some((line) => isEventLine(line, "Normal", "Pending", message)),
        description,
      );
    }
  }
  // The account is one for both, and its key is made by whichever is first.
  assert.deepEqual(ofKey.toSorted(), [
    "creating private key Secret",
    "waiting for private key Secret creation to be reflected in snapshot",
  ]);
  const description = await site.kubectl("describe", "host", "echo");
  assert.match(description, /Error Backoff: +2m\d+s\n/);
  assert.match(description, /Tls Certificate Source: +ACME\n/);
});

test("what was left out stands in the spec, and the account in a Secret that the Host owns", async () => {
  const { spec, metadata } = await read("host", "echo");
  const name = spec.acmeProvider.privateKeySecret.name;
  const encoded = site.pebble.directory.replaceAll(
    /[^a-z0-9.]/g,
    (letter) => `-${Buffer.from(letter).toString("hex")}`,
  );
  assert.equal(name, `${encoded}--admin-40shop.test`);
  assert.match(JSON.parse(spec.acmeProvider.registration).uri, /^https:/);
  const secret = await read("secret", name);
  assert.equal(secret.type, "Opaque");
  assert.deepEqual(Object.keys(secret.data), ["user.key"]);
  assert.match(Buffer.from(secret.data["user.key"], "base64").toString(), /^-----BEGIN PRIVATE KEY-----/);
  const owner = { apiVersion: "getambassador.io/v3alpha1", kind: "Host", name: "echo", uid: metadata.uid };
  assert.deepEqual(secret.metadata.ownerReferences[0].kind, owner.kind);
  assert.deepEqual(secret.metadata.ownerReferences.map((one: { name: string }) => one.name).toSorted(), [
    "echo",
    "quote",
  ]);
});

test("a token that nobody knows is answered 404, by Envoy", async () => {
  assert.equal(await ask(gateway, "echo.shop.test", "/.well-known/acme-challenge/"), "404");
  assert.equal(await ask(gateway, "echo.shop.test", "/.well-known/acme-challenge/unknown"), "404");
});

test("when the names resolve, both are Ready without a touch, and https serves what was issued", async () => {
  for (const name of ["echo", "quote"]) {
    await site.pebble.names.mend(`${name}.shop.test`);
    await site.pebble.names.resolve(`${name}.shop.test`);
  }
  const began = performance.now();
  for (const name of ["echo", "quote"]) {
    const hostname = `${name}.shop.test`;
    await site.until(
      () => site.line(name),
      (line) => line === "Ready",
    );
    const served = await site.until(
      () => site.certificate(gateway, hostname),
      (found) => found !== undefined,
    );
    const { type, data, metadata } = await read("secret", `${name}-cert`);
    assert.equal(type, "kubernetes.io/tls");
    assert.deepEqual(Object.keys(data).toSorted(), ["tls.crt", "tls.key"]);
    assert.equal(metadata.ownerReferences[0].name, name);
    const stored = new X509Certificate(Buffer.from(data["tls.crt"], "base64"));
    assert.equal(served?.serialNumber, stored.serialNumber);
    assert.equal(stored.subjectAltName, `DNS:${hostname}`);
    const { status } = await read("host", name);
    assert.deepEqual(status, { state: "Ready", tlsCertificateSource: "ACME" });
  }
  took("names resolve → both Ready and served", began, mostToReady);
  const title = 'tlsSecret "echo-cert"."ambassador" (hostnames=["echo.shop.test"])';
  const attempts = (await events("echo")).filter(
    ({ message }) => message === `performing ACME challenge for ${title}...`,
  );
  assert.deepEqual(
    attempts.map(({ count }) => count > 1),
    [true],
    "what is told again is counted up",
  );
});

test("a certificate that somebody breaks, and one for another name, is replaced at once", async () => {
  const before = await site.certificate(gateway, "echo.shop.test");
  const garbage = Buffer.from("no certificate").toString("base64");
  const patch = JSON.stringify({ data: { "tls.crt": garbage } });
  await site.kubectl("patch", "secret", "echo-cert", "--type=merge", "-p", patch);
  const after = await site.until(
    () => site.certificate(gateway, "echo.shop.test"),
    (found) => found !== undefined && found.serialNumber !== before?.serialNumber,
  );
  await site.pebble.names.resolve("other.shop.test");
  await site.cluster.apply(site.host("echo", { hostname: "other.shop.test" }));
  await site.until(
    () => site.certificate(gateway, "other.shop.test"),
    (found) => found !== undefined && found.serialNumber !== after?.serialNumber,
  );
  await site.until(
    () => site.line("echo"),
    (line) => line === "Ready",
  );
  const told = (await events("echo")).map(({ message }) => message);
  for (const because of [
    "tlsSecret is not usable: it is no certificate",
    "the certificate is not for other.shop.test",
  ]) {
    assert.ok(
      told.some((message) => message.endsWith(`needs updated: ${because}`)),
      told.join("\n"),
    );
  }
  assert.equal(site.pebble.placed().accounts, 1);
});

test("a certificate whose Secret asks for it is revoked and replaced", async () => {
  const before = await site.certificate(gateway, "quote.shop.test");
  assert.ok(before);
  await site.kubectl("annotate", "secret", "quote-cert", "dragoman.io/revoke=keyCompromise");
  await site.until(
    () => site.certificate(gateway, "quote.shop.test"),
    (found) => found !== undefined && found.serialNumber !== before.serialNumber,
  );
  assert.ok(await site.pebble.isRevoked(before.toString()));
  const { metadata } = await read("secret", "quote-cert");
  assert.deepEqual(Object.keys(metadata.annotations ?? {}), []);
});

test("a Host without an authority waits for its Secret, and takes it when it appears", async () => {
  await site.cluster.apply(site.host("own", { acmeProvider: { authority: "none" } }));
  await site.until(
    () => site.line("own"),
    (line) => line === "Error DefaultsFilled",
  );
  const description = await site.kubectl("describe", "host", "own");
  assert.match(description, /Error Reason: +tlsSecret does not exist\n/);
  assert.match(description, /Error Backoff: +5m0s\n/);
  assert.match(description, /Tls Certificate Source: +Other\n/);
  const { certificate, key } = openMaterial().certificate("own:own.shop.test");
  await site.cluster.apply({
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/tls",
    metadata: { name: "own-cert", namespace },
    stringData: { "tls.crt": certificate, "tls.key": key },
  });
  await site.until(
    () => site.line("own"),
    (line) => line === "Ready",
  );
});

test("the guide's example does what the guide says", async () => {
  const guide = readFileSync(join(import.meta.dirname, "..", "..", "docs", "guide", "acme.md"), "utf8");
  const [, example = ""] = /^```yaml\n(.*?)^```$/ms.exec(guide) ?? [];
  const here = `acmeProvider: { authority: ${JSON.stringify(site.pebble.directory)}, `;
  await site.pebble.names.resolve("my-shop.test");
  await site.cluster.kubectl(["apply", "-n", namespace, "-f", "-"], {
    stdin: example.replace("acmeProvider: { ", here),
  });
  await site.until(
    () => site.line("shop"),
    (line) => line === "Ready",
  );
  const { spec } = await read("host", "shop");
  assert.equal(spec.tlsSecret.name, "my-2dshop.test");
  assert.equal((await site.certificate(gateway, "my-shop.test"))?.subjectAltName, "DNS:my-shop.test");
});

test("somebody else's Secret with a certificate for other names is left as it is", async () => {
  await site.kubectl("create", "secret", "generic", "password", "--from-literal=password=secret");
  await site.cluster.apply(
    site.host("greedy", { tlsSecret: { name: "own-cert" } }),
    site.host("wrong", { tlsSecret: { name: "password" } }),
  );
  await site.until(
    () => site.line("greedy"),
    (line) => line === "Error ACMEUserRegistered ACMECertificateChallenge",
  );
  const { status } = await read("host", "greedy");
  assert.match(status.errorReason, /the Secret is somebody else's, with a certificate for own\.shop\.test/);
  await site.until(
    async () => String((await read("host", "wrong")).status?.errorReason),
    (reason) => /Secret ambassador\/password is of type Opaque and is not replaced/.test(reason),
  );
  const { data } = await read("secret", "own-cert");
  const left = new X509Certificate(Buffer.from(data["tls.crt"], "base64"));
  assert.equal(left.subjectAltName, "DNS:own.shop.test");
});

test("a Mapping of one's own for challenges gets the tokens that no order waits for", async () => {
  await site.cluster.apply({
    apiVersion: "getambassador.io/v3alpha1",
    kind: "Mapping",
    metadata: { name: "solver", namespace },
    spec: {
      hostname: "quote.shop.test",
      prefix: "/.well-known/acme-challenge/",
      host_redirect: true,
      service: "solver.test",
    },
  });
  const path = "/.well-known/acme-challenge/of-cert-manager";
  await site.until(
    () => ask(gateway, "quote.shop.test", path),
    (answer) => answer.startsWith("301"),
  );
  assert.equal(await ask(gateway, "other.shop.test", path), "404");
});

test("a Host that mentions no authority has Edge Stack's defaults filled in where they apply", async () => {
  const metadata = { name: "bare", namespace };
  await site.cluster.apply({
    apiVersion: "getambassador.io/v3alpha1",
    kind: "Host",
    metadata,
    spec: { hostname: "bare.test" },
  });
  // The authority of the real world is a name that this world does not have.
  await site.until(
    () => site.line("bare"),
    (line) => line === "Error ACMEUserPrivateKeyCreated ACMEUserRegistered",
  );
  const { spec, status } = await read("host", "bare");
  assert.deepEqual(spec, {
    hostname: "bare.test",
    acmeProvider: {
      authority: "https://acme-v02.api.letsencrypt.org/directory",
      privateKeySecret: { name: "https-3a-2f-2facme-2dv02.api.letsencrypt.org-2fdirectory" },
    },
    tlsSecret: { name: "bare.test" },
  });
  assert.equal(status.tlsCertificateSource, "ACME");
  assert.match(status.errorReason, /acme-v02\.api\.letsencrypt\.org/);
});

test("nothing that people or programs read has a private key in it, and nothing is left of the orders", async () => {
  const traces = await tracesOfKeys(site);
  assert.ok(traces.length > 20, "there are keys to look for");
  for (const [where, text] of await readable(site, gateway)) {
    assert.doesNotMatch(text, /PRIVATE KEY|"d":|tls\.key: /, where);
    assert.ok(!traces.some((trace) => text.includes(trace)), `a private key stands in: ${where}`);
  }
  assert.doesNotMatch(gateway.program.output(), /because of a bug|cannot be written|forbidden/);
  assert.equal(await site.kubectl("get", "configmaps", "-l", "dragoman.io/order-of", "-o", "name"), "");
  const secrets = await site.kubectl("get", "secrets", "-o", "jsonpath={range .items[*]}{.metadata.name} {end}");
  const ours = secrets.split(" ").filter((name) => name.includes("cert") || name.includes("40shop"));
  assert.equal(ours.length, 4, secrets);
});
