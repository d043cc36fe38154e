import assert from "node:assert/strict";
import { Resolver } from "node:dns/promises";
import { test } from "node:test";
import { request } from "undici";
import { startPebble } from "./pebble.ts";

test("the test authority is known by its own CA alone, and its names are those that a test gives", async () => {
  const pebble = await startPebble();
  try {
    await assert.rejects(request(pebble.directory), /unable to verify the first certificate|self-signed certificate/);
    assert.match(await pebble.root(), /^-----BEGIN CERTIFICATE-----/);
    const dns = new Resolver();
    dns.setServers([pebble.names.address]);
    await assert.rejects(dns.resolve4("shop.test"), { code: "ENODATA" });
    await pebble.names.resolve("shop.test");
    assert.deepEqual(await dns.resolve4("shop.test"), ["127.0.0.1"]);
    await pebble.names.fail("shop.test");
    await assert.rejects(dns.resolve4("shop.test"), { code: "ESERVFAIL" });
    await pebble.names.mend("shop.test");
    await pebble.names.forget("shop.test");
    await assert.rejects(dns.resolve4("shop.test"), { code: "ENODATA" });
  } finally {
    await pebble.close();
  }
});
