/** Where the admin interface is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { adminFrom, overruledSentences } from "./admin-place.ts";

const pod = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443" };

test("nowhere unless it is asked for, then for this machine", () => {
  assert.deepEqual(adminFrom({}, {}), { settings: {} });
  assert.deepEqual(adminFrom({ kubernetes: true }, {}), { settings: {} });
  assert.deepEqual(adminFrom({ adminPort: "8877", snapshotPort: "8005" }, {}), {
    admin: { address: "127.0.0.1", port: 8877 },
    snapshot: { address: "127.0.0.1", port: 8005 },
    settings: { adminAddress: "127.0.0.1:8877" },
  });
});

test("in a pod at the ports that it always had, for all", () => {
  assert.deepEqual(adminFrom({ kubernetes: true }, pod), {
    admin: { port: 8877 },
    snapshot: { port: 8005 },
    settings: { adminAddress: "127.0.0.1:8877" },
  });
  assert.deepEqual(adminFrom({ kubernetes: true }, { ...pod, AMBASSADOR_DISABLE_SNAPSHOT_SERVER: "1" }), {
    admin: { port: 8877 },
    settings: { adminAddress: "127.0.0.1:8877" },
  });
});

test("where the environment puts it, unless a flag says otherwise", () => {
  const env = { AMBASSADOR_HEALTHCHECK_BIND_PORT: "9000", AMBASSADOR_HEALTHCHECK_BIND_ADDRESS: "192.0.2.1" };
  assert.deepEqual(adminFrom({}, env).admin, { address: "192.0.2.1", port: 9000 });
  assert.deepEqual(adminFrom({ adminPort: "9001", adminAddress: "127.0.0.1" }, env).admin, {
    address: "127.0.0.1",
    port: 9001,
  });
});

test("a variable that a flag overrules is named", () => {
  const env = { AMBASSADOR_HEALTHCHECK_BIND_PORT: "9000", AMBASSADOR_HEALTHCHECK_IP_FAMILY: "" };
  assert.deepEqual(overruledSentences({ adminAddress: "127.0.0.1" }, env), []);
  assert.deepEqual(overruledSentences({ adminPort: "9001", adminAddress: "127.0.0.1" }, env), [
    "AMBASSADOR_HEALTHCHECK_BIND_PORT has no effect: --admin-port is given",
  ]);
});

test("all addresses are those of a family, and Envoy finds one of them", () => {
  const place = (family: string, address = "") =>
    adminFrom(
      { adminPort: "9000" },
      { AMBASSADOR_HEALTHCHECK_IP_FAMILY: family, AMBASSADOR_HEALTHCHECK_BIND_ADDRESS: address },
    );
  assert.deepEqual(place("IPV4_ONLY").admin, { address: "0.0.0.0", port: 9000 });
  assert.deepEqual(place("IPV6_ONLY"), {
    admin: { address: "::", ipv6Only: true, port: 9000 },
    settings: { adminAddress: "[::1]:9000" },
  });
  assert.deepEqual(place("ANY").admin, { port: 9000 });
  assert.throws(() => place("IPV6_ONLY", "192.0.2.1"), /"192.0.2.1" is not what IPV6_ONLY asks for/);
  assert.throws(() => place("BOTH"), /"BOTH" is none of ANY, IPV4_ONLY and IPV6_ONLY/);
  assert.throws(() => place("ANY", "here"), /"here" is not an IP address/);
  assert.throws(() => adminFrom({ adminPort: "x" }, {}), /--admin-port: "x" is not a port number/);
});
