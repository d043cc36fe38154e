/** The door for Envoys elsewhere: who is let in, as whom, and what is said to them. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { readTlsFiles, type TlsPaths } from "../../src/base/tls-files.ts";
import { flagsLayer, flagsTypeUrl } from "../../src/control/xds/flags.ts";
import { serveXds, type XdsServer } from "../../src/control/xds/server.ts";
import { freePort } from "../envoy/free-port.ts";
import { connectDeltaClient, type DeltaClient } from "./delta-client.ts";
import { encode, put, routes, staticCluster } from "./resources.ts";
import { until } from "./running.ts";
import { authority, writeTls } from "./tls-material.ts";

const ours = authority("our authority");
const theirs = authority("another authority");
const secret = encode("secret", "key", { name: "key", tls_certificate: { private_key: { inline_string: "k" } } });

describe("the door for Envoys elsewhere", { concurrency: false }, () => {
  let directory: string;
  let server: TlsPaths;
  let xds: XdsServer;
  let address: string;
  const said: string[] = [];
  const open: DeltaClient[] = [];

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "dragoman-remote-"));
    server = await writeTls(join(directory, "server"), ours, ["127.0.0.1"]);
    address = `127.0.0.1:${await freePort()}`;
    const log = (_: string, message: string) => void said.push(message);
    const remote = { address, paths: server, texts: await readTlsFiles(server), log, envoyVersion: "1.40" };
    const onStreamError = (error: Error) => void said.push(error.message);
    xds = await serveXds({ socketPath: join(directory, "xds.sock"), hasOwnEnvoy: false, remote, onStreamError });
    xds.update(put(staticCluster("a", 1), secret, routes("web", "first")));
    xds.open();
  });
  afterEach(() => {
    for (const client of open.splice(0)) client.close();
  });
  after(async () => {
    await xds.close();
    await rm(directory, { recursive: true });
  });

  async function credentials(paths: TlsPaths): Promise<grpc.ChannelCredentials> {
    const [ca, key, certificate] = await Promise.all(
      [server.authorities, paths.key, paths.certificate].map((path) => readFile(path)),
    );
    return grpc.credentials.createSsl(ca ?? null, key, certificate);
  }

  async function connect(
    node: string,
    names: readonly string[],
    issuer = ours,
    version?: string,
  ): Promise<DeltaClient> {
    const paths = await writeTls(join(directory, `client-${open.length}`), issuer, names);
    const client = connectDeltaClient({
      address,
      credentials: await credentials(paths),
      node,
      ...(version && { version }),
    });
    open.push(client);
    return client;
  }

  /** Waits for the first resources of a type. */
  async function gets(client: DeltaClient, type: string): Promise<readonly string[]> {
    const names: string[] = [];
    await until(async () => {
      names.push(...client.take().flatMap((one) => (one.type === type ? [...one.names, ...one.removed] : [])));
      return names.length > 0;
    });
    return names;
  }

  test("a node that the certificate is for is served, and shown", async () => {
    const client = await connect("edge-1.example", ["other.example", "edge-1.example"]);
    assert.deepEqual(await gets(client, "cluster"), ["a"]);
    await xds.whenAcknowledged(1);
    const [envoy] = xds.envoys();
    assert.equal(envoy?.node, "edge-1.example");
    assert.match(envoy?.address ?? "", /^127\.0\.0\.1:\d+$/);
    assert.deepEqual([envoy?.acknowledged, envoy?.behind_seconds], [1, 0]);
  });

  test("another node, one without a certificate, and one of another authority are refused", async () => {
    const impostor = await connect("edge-2.example", ["edge-1.example"]);
    const why = 'the certificate is for edge-1.example, and not for the node "edge-2.example"';
    assert.equal(await impostor.refused, `PERMISSION_DENIED: ${why}`);
    assert.ok(said.includes(why));
    const nameless = await connect("edge-1.example", ["10.0.0.1"]);
    assert.match(await nameless.refused, /^UNAUTHENTICATED: the certificate holds no DNS name and no URI$/);
    const stranger = await connect("edge-1.example", ["edge-1.example"], theirs);
    assert.match(await stranger.refused, /^UNAVAILABLE: /);
    const anonymous = connectDeltaClient({
      address,
      credentials: grpc.credentials.createSsl(await readFile(server.authorities)),
      node: "edge-1.example",
    });
    open.push(anonymous);
    assert.match(await anonymous.refused, /^UNAVAILABLE: /);
    const plain = connectDeltaClient({ address, node: "edge-1.example" });
    open.push(plain);
    assert.match(await plain.refused, /^UNAVAILABLE: /);
    for (const client of open) assert.deepEqual(client.take(), []);
  });

  test("an Envoy that is too old for what there is, is not sent it; a newer one is", async () => {
    const old = await connect("edge-1.example", ["edge-1.example"], ours, "1.38.3");
    const why = 'the configuration is for Envoy 1.40 and newer, and "edge-1.example" is 1.38.3';
    assert.equal(await old.refused, `FAILED_PRECONDITION: ${why}`);
    assert.deepEqual(old.take(), []);
    const newer = await connect("edge-1.example", ["edge-1.example"], ours, "1.41.0");
    assert.deepEqual(await gets(newer, "cluster"), ["a"]);
  });

  test("a stream cannot become another node's", async () => {
    const client = await connect("edge-1.example", ["edge-1.example", "edge-2.example"]);
    await gets(client, "cluster");
    client.ask("type.googleapis.com/envoy.config.route.v3.RouteConfiguration", ["web"], "edge-2.example");
    assert.match(await client.refused, /^PERMISSION_DENIED: the stream is for the node "edge-1\.example"/);
  });

  test("secrets are told by name only", async () => {
    const client = await connect("edge-1.example", ["edge-1.example"]);
    await gets(client, "cluster");
    client.subscribe("secret", ["*"]);
    client.subscribe("routes", ["web"]);
    assert.deepEqual(await gets(client, "routes"), ["web"]);
    assert.equal(xds.statistics().responses.secret, 0);
    client.subscribe("secret", ["key"]);
    assert.deepEqual(await gets(client, "secret"), ["key"]);
  });

  test("flags are a layer that follows them", async () => {
    xds.setFlags({ "a.flag": 7, "gone.flag": null });
    const client = await connect("edge-1.example", ["edge-1.example"]);
    const layers: string[] = [];
    client.onOther = (bytes) => void layers.push(bytes.toString("latin1"));
    client.ask(flagsTypeUrl, [flagsLayer, "strange"]);
    await until(async () => layers.length === 2);
    assert.ok(layers[0]?.includes("strange"));
    assert.ok(layers[1]?.includes("a.flag") && !layers[1].includes("gone.flag"));
    xds.setFlags({ "b.flag": 8 });
    await until(async () => layers.length === 3);
    assert.ok(layers[2]?.includes("b.flag") && !layers[2].includes("a.flag"));
  });

  test("with replaced authorities, connections end and are made anew by those who are still trusted", async () => {
    const old = await connect("edge-1.example", ["edge-1.example"]);
    await gets(old, "cluster");
    await writeTls(join(directory, "server"), theirs, ["127.0.0.1"]);
    await xds.lookForCertificate();
    assert.match(await old.refused, /./);
    const later = await connect("edge-1.example", ["edge-1.example"], theirs);
    assert.deepEqual(await gets(later, "cluster"), ["a"]);
    const outdated = await connect("edge-1.example", ["edge-1.example"], ours);
    assert.match(await outdated.refused, /^UNAVAILABLE: /);
  });

  test("without an Envoy of its own, what all have taken counts, and nobody is needed", async () => {
    await until(async () => xds.envoys().length === 0);
    const number = xds.update(put(staticCluster("b", 2)));
    await xds.whenAcknowledged(number);
  });
});
