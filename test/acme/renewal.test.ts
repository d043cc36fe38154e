/**
 * Certificates of twenty seconds, renewed again and again while clients ask at a constant rate and streams go on: no
 * request, no handshake and no connection is lost. RENEWALS and RPS say how long and how hard.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Backend, startBackend } from "../loss/backends.ts";
import { openLedger } from "../loss/ledger.ts";
import type { Pace } from "../loss/pace.ts";
import { report, tally } from "../loss/report.ts";
import { startTraffic } from "../loss/traffic.ts";
import { namespace, openSite, type Replica, type Site } from "./site.ts";

const renewals = Number(process.env["RENEWALS"] ?? 1);
const rate = Number(process.env["RPS"] ?? 50);
const hostname = "short.shop.test";

let site: Site;
let gateway: Replica;
let backend: Backend;
let grpc: Backend;

before(async () => {
  [site, backend, grpc] = await Promise.all([
    openSite({ validitySeconds: 20 }),
    startBackend("steady"),
    startBackend("grpc"),
  ]);
  gateway = await site.start();
});
after(async () => {
  backend?.kill();
  grpc?.kill();
  await site?.close();
});

function object(kind: string, name: string, spec: object): object {
  return { apiVersion: "getambassador.io/v3alpha1", kind, metadata: { name, namespace }, spec };
}

function mapping(name: string, more: object = {}): object {
  const spec = { hostname, prefix: `/${name}/`, service: backend.address, timeout_ms: 0, ...more };
  return object("Mapping", name, spec);
}

function listener(name: string, port: number, protocol: string): object {
  const hostBinding = { namespace: { from: "ALL" } };
  return object("Listener", name, { port, protocol, securityModel: "XFP", hostBinding });
}

/** What Envoy counts when a listener changes. */
const drains = ["total_listeners_draining", "total_filter_chains_draining", "listener_modified", "listener_added"];

function drained(): Promise<readonly number[]> {
  return Promise.all(drains.map((name) => gateway.figure(`envoy_listener_manager_${name}{}`)));
}

test(`${renewals} renewals at ${rate} requests each second lose nothing`, async () => {
  await site.pebble.names.resolve(hostname);
  await site.cluster.apply(
    object("Module", "ambassador", { config: { envoy_log_path: "/dev/null" } }),
    listener("http", 8080, "HTTP"),
    listener("https", 8443, "HTTPS"),
    mapping("steady"),
    mapping("beats", { rewrite: "" }),
    mapping("upgraded", { allow_upgrade: ["websocket"] }),
    mapping("echo", { prefix: "/loss.Echo/", rewrite: "", service: grpc.address, grpc: true }),
    site.host("short", {
      requestPolicy: { insecure: { action: "Route" } },
      tls: { alpn_protocols: "h2,http/1.1" },
    }),
  );
  const valid = async () => (await site.certificate(gateway, hostname)) !== undefined;
  await site.until(valid, (is) => is);
  const before = await drained();
  const serials = new Set<string>();
  const question = { name: "steady", host: hostname, path: "/steady/" };
  const ledger = openLedger({ steady: ["200 steady"] });
  const traffic = await startTraffic({ ports: gateway, rate, ledger, steady: [question] });
  traffic.focus("renewal", []);
  let [refused, isOver] = [0, false];
  const renewed = async (): Promise<void> => {
    while (serials.size <= renewals && !isOver) {
      // A client that looks at dates and names would see it first.
      const { serialNumber } = (await site.certificate(gateway, hostname)) ?? {};
      if (serialNumber === undefined) refused++;
      else serials.add(serialNumber);
      await pause(200);
    }
  };
  const end = (): Promise<Pace> => {
    isOver = true;
    return traffic.stop();
  };
  const pace = await Promise.race([renewed(), traffic.overloaded]).then(end, async (error: unknown) => {
    await end();
    throw error;
  });
  const { unexpected, broken, ended } = report("renewal", { pace, ledger, traffic });
  assert.deepEqual(tally([...unexpected, ...broken, ...ended]), []);
  assert.equal(refused, 0);
  assert.deepEqual(await drained(), before);
  assert.doesNotMatch(gateway.program.output(), /drains|because of a bug/);
  assert.equal(await site.line("short"), "Ready");
});
