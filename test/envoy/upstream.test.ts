import assert from "node:assert/strict";
import { after, test } from "node:test";
import { send } from "./client.ts";
import { openMaterial } from "./material.ts";
import type { RequestSpec } from "./request-spec.ts";
import { openUpstreams } from "./upstream.ts";

const material = openMaterial();
const upstreams = openUpstreams(material);
after(() => upstreams.close());

/** Straight to the upstream, without Envoy. */
async function ask(spec: RequestSpec, kind: "http" | "tcp" = "http") {
  const port = await upstreams.open({ name: "u", kind });
  upstreams.take();
  const seen = await send({ port, ...spec }, () => ({ host: "127.0.0.1", port }), material);
  return { seen, receipts: upstreams.take() };
}

test("TLS, server name, protocol and client certificate are reported", async () => {
  for (const http of ["1.1", "2"] as const) {
    const { seen, receipts } = await ask({
      url: "https://u.test/x",
      http,
      clientCertificate: "alice:alice.test:ca=clients",
    });
    assert.equal(seen.error, undefined);
    assert.equal(seen.body, "u GET /x\n");
    assert.deepEqual(seen.certificate, { dnsNames: ["u.test", "upstream.test"] });
    const { tls, http: version } = receipts[0] ?? {};
    assert.equal(version, http === "2" ? "2.0" : "1.1");
    assert.deepEqual(tls, {
      sni: "u.test",
      version: "TLSv1.3",
      clientCertificate: "alice",
      ...(http === "2" ? { alpn: "h2" } : {}),
    });
  }
});

test("PROXY headers of both versions are taken off and reported, before TLS and before HTTP", async () => {
  for (const version of [1, 2] as const) {
    for (const url of ["http://u.test/", "https://u.test/"]) {
      const { seen, receipts } = await ask({ url, proxyProtocol: { version, source: "203.0.113.7:4242" } });
      assert.equal(seen.status, 200);
      assert.equal(receipts[0]?.proxyProtocol?.version, version);
      assert.equal(receipts[0]?.proxyProtocol?.source, "203.0.113.7:4242");
    }
  }
});

test("requests steer the answer", async () => {
  const { seen } = await ask({
    url: "http://u.test/",
    headers: { "x-upstream-status": "418", "x-upstream-headers": "a: 1; b: x=2" },
  });
  assert.equal(seen.status, 418);
  assert.deepEqual(
    seen.headers.filter(([name]) => name === "a" || name === "b"),
    [
      ["a", "1"],
      ["b", "x=2"],
    ],
  );
  const reset = await ask({ url: "http://u.test/", headers: { "x-upstream-reset": "yes" } });
  assert.match(reset.seen.error ?? "", /ECONNRESET|hang up/);
  assert.equal(reset.receipts.length, 1);
});

test("spelling, order and repetition of headers arrive as sent", async () => {
  const { receipts } = await ask({ url: "http://u.test/A//b?C", headers: { "X-Twice": ["1", "2"], "x-Once": "3" } });
  assert.deepEqual(
    receipts[0]?.headers.filter(([name]) => name.toLowerCase().startsWith("x-")),
    [
      ["X-Twice", "1"],
      ["X-Twice", "2"],
      ["x-Once", "3"],
    ],
  );
  assert.equal(receipts[0]?.path, "/A//b?C");
  const star = await ask({ url: "http://u.test*", method: "OPTIONS" });
  assert.equal(star.receipts[0]?.path, "*");
});

test("a raw connection is echoed once the client has said all", async () => {
  const { seen, receipts } = await ask({ url: "tcp://u.test", body: "hello" }, "tcp");
  assert.equal(seen.body, "u: hello");
  assert.equal(receipts[0]?.body, "hello");
});

test("nothing listens where a refused upstream is", async () => {
  const port = await upstreams.open({ name: "gone", kind: "refused" });
  const seen = await send({ url: "http://gone.test/", port }, () => ({ host: "127.0.0.1", port }), material);
  assert.match(seen.error ?? "", /ECONNREFUSED/);
});
