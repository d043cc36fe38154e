/** Who counts as this machine. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { strangerOf } from "./stranger.ts";

type Asking = Parameters<typeof strangerOf>[0];

const asking = (remoteAddress: string | undefined, headers: Asking["headers"] = {}) =>
  strangerOf({ headers, socket: { remoteAddress } as Asking["socket"] });

test("the unix socket and direct calls from this machine are local", () => {
  assert.equal(asking(undefined), undefined);
  for (const host of ["localhost", "localhost:8877", "127.0.0.1:8877", "[::1]:8877"]) {
    assert.equal(asking("127.0.0.1", { host }), undefined);
    assert.equal(asking("::1", { host }), undefined);
    assert.equal(asking("::ffff:127.0.0.1", { host }), undefined);
  }
});

test("no header makes another machine local", () => {
  for (const headers of [{ host: "localhost" }, { "x-ambassador-diag-ip": "127.0.0.1", host: "127.0.0.1:8877" }]) {
    assert.equal(asking("10.0.0.7", headers), "from-elsewhere");
  }
});

test("any trace of a proxy, or another name, makes a call from this machine a stranger's", () => {
  const host = "localhost:8877";
  assert.equal(asking("127.0.0.1", { host: "shop.test" }), "through-envoy");
  assert.equal(asking("127.0.0.1", {}), "through-envoy");
  for (const name of [
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-envoy-expected-rq-timeout-ms",
    "x-request-id",
    "via",
  ]) {
    assert.equal(asking("127.0.0.1", { host, [name]: "" }), "through-envoy", name);
  }
});
