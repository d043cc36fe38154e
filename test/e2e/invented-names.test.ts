/**
 * Strangers who invent server names, wherever certificates are from: that takes no memory, neither Envoy's nor
 * control's, and whoever asks for a name that there is is served all the while. `SECONDS=60 RATE=1000` for the whole of
 * it.
 */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { send } from "../envoy/client.ts";
import { freePort } from "../envoy/free-port.ts";
import { openMaterial } from "../envoy/material.ts";
import { startPace } from "../loss/pace.ts";
import { type Flood, startFlood } from "./flood.ts";
import { type Program, startProgram } from "./program.ts";

const [seconds, rate] = [Number(process.env["SECONDS"] ?? 3), Number(process.env["RATE"] ?? 200)];
const isWhole = process.env["RATE"] !== undefined;
const honestRate = 20;
const names = ["shop", "blog", "news"];
/** What is made once and kept, and pages that Envoy does not give back. */
const [mostHeap, mostOfEnvoy] = [4, 16];

/** How a handshake with an invented name ends: no chain is for it, or there is no such certificate. */
const ends = { chains: "closed", "by-name": "refused" };

/** How somebody fared who asked for a name that there is. */
interface Asked {
  readonly isServed: boolean;
  readonly ms: number;
}

for (const [certificates, end] of Object.entries(ends)) {
  describe(`certificates ${certificates}`, () => {
    const material = openMaterial();
    const home = mkdtempSync(join(tmpdir(), "dragoman-invented-"));
    const heapFile = join(home, "heap.json");
    let gateway: Program;
    let port: number;

    before(async () => {
      port = await freePort();
      writeFileSync(join(home, "manifests.yaml"), manifests(material));
      const ports = ["--port", `8443:${port}`, "--port", `8080:${await freePort()}`];
      gateway = startProgram(["run", join(home, "manifests.yaml"), "--state-dir", join(home, "state"), ...ports], {
        env: {
          ...process.env,
          DRAGOMAN_CERTIFICATES: certificates,
          HEAP_FILE: heapFile,
          NODE_OPTIONS: `--import=${join(import.meta.dirname, "..", "soak", "heap-probe.ts")}`,
        },
      });
      await gateway.line(/^ready/);
    });
    after(() => {
      gateway.kill();
      rmSync(home, { recursive: true, force: true });
    });

    /** In MiB: what control holds when garbage has been collected, and what Envoy has. */
    async function memory() {
      rmSync(heapFile, { force: true });
      process.kill(gateway.pid(/ control /) ?? 0, "SIGUSR2");
      while (!existsSync(heapFile)) await pause(10);
      const { heapUsed, arrayBuffers } = JSON.parse(readFileSync(heapFile, "utf8")) as NodeJS.MemoryUsage;
      const envoy = gateway.resident(/--drain-time-s/).now;
      return { heap: (heapUsed + arrayBuffers) / 2 ** 20, envoy: envoy / 2 ** 20 };
    }

    async function ask(name = ""): Promise<Asked> {
      const begun = performance.now();
      const at = () => ({ host: "127.0.0.1", port });
      const { status, certificate } = await send({ url: `https://${name}.test/` }, at, material);
      const isServed = status === 301 && certificate?.dnsNames.includes(`${name}.test`) === true;
      return { isServed, ms: performance.now() - begun };
    }

    /** Somebody who asks for names that there are, on a new connection each time. */
    function startHonest(): () => Promise<readonly Asked[]> {
      const seen: Promise<Asked>[] = [];
      const stop = startPace(honestRate, () => void seen.push(ask(names[seen.length % names.length])));
      return async () => {
        await stop();
        return Promise.all(seen);
      };
    }

    async function flood(from: number, forSeconds: number): Promise<Flood> {
      const stop = await startFlood(port, rate, from);
      await pause(forSeconds * 1000);
      return stop();
    }

    test("invented names take no memory, and known names are served all the while", async (context) => {
      const warmUp = await flood(0, Math.min(seconds, 5));
      const before = await memory();
      const stopHonest = startHonest();
      const { made, answered, lateness, waits, outcomes, ...pace } = await flood(warmUp.made, seconds);
      const honest = await stopHonest();
      const now = await memory();
      const [heap, envoy] = [now.heap - before.heap, now.envoy - before.envoy];
      context.diagnostic(
        [
          `${made} names in ${pace.seconds.toFixed(1)} s, ${(made / pace.seconds).toFixed(1)} a second`,
          `late ${spread(lateness)} ms, answered in ${spread(waits)} ms`,
          `${honest.length} known names, served in ${spread(honest.map(({ ms }) => ms))} ms`,
          `heap of control ${heap.toFixed(1)} MiB, Envoy ${envoy.toFixed(1)} MiB more`,
        ].join("; "),
      );
      assert.deepEqual(outcomes, { [end]: made });
      allServed(honest);
      assert.ok(heap < mostHeap, `control holds ${heap} MiB more`);
      assert.ok(envoy < mostOfEnvoy, `Envoy has ${envoy} MiB more`);
      if (isWhole) assert.ok(answered >= 0.98 * rate * seconds, `only ${answered} were answered in the time`);
    });

    test("known names are served also while control is started anew", async () => {
      const stopHonest = startHonest();
      const stop = await startFlood(port, rate, 1_000_000);
      process.kill(gateway.pid(/ control /) ?? 0, "SIGKILL");
      assert.ok((await ask("late")).isServed, "a name that is new to this Envoy has to wait for control");
      const { made, outcomes } = await stop();
      allServed(await stopHonest());
      const { refused = 0, closed = 0 } = outcomes;
      assert.equal(refused + closed, made, JSON.stringify(outcomes));
    });
  });
}

function manifests(material: ReturnType<typeof openMaterial>): string {
  const object = (kind: string, name: string, spec: object) => ({
    apiVersion: "getambassador.io/v2",
    kind,
    metadata: { name },
    spec,
  });
  const documents: object[] = [object("Mapping", "all", { prefix: "/", host_redirect: true, service: "there.test" })];
  for (const name of [...names, "late"]) {
    const { certificate, key } = material.certificate(`${name}:${name}.test`);
    documents.push(object("Host", name, { hostname: `${name}.test`, tlsSecret: { name } }));
    const stringData = { "tls.crt": certificate, "tls.key": key };
    documents.push({ apiVersion: "v1", kind: "Secret", metadata: { name }, stringData });
  }
  return documents.map((one) => JSON.stringify(one)).join("\n---\n");
}

function allServed(seen: readonly Asked[]): void {
  const failed = seen.filter(({ isServed }) => !isServed).length;
  assert.equal(failed, 0, `of ${seen.length} known names`);
}

/** The median, the 99th percentile and the largest. */
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return [0.5, 0.99, 1]
    .map((part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]?.toFixed(1))
    .join(" / ");
}
