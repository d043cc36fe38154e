/**
 * One real Envoy for many cases: each case's resources replace those of the case before, over live ADS.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Encoded } from "#compiler";
import { obtainEnvoy } from "../../src/keeper/envoy-binary.ts";
import { answerOf } from "../answer.ts";
import { type Ads, startAds } from "./ads.ts";
import { testBootstrap } from "./bootstrap.ts";

/** A running Envoy. */
export interface TestEnvoy {
  readonly pid: number;
  /** Returns when Envoy serves exactly these; throws {@link Refused} when it will not. */
  serve(resources: readonly Encoded[]): Promise<void>;
  /** Throws if it has ended, with the last of what it said. */
  assertRunning(): void;
  /** An answer of Envoy's admin interface. */
  admin(path: string): Promise<string>;
  close(): Promise<void>;
}

const patienceMs = 15_000;

/**
 * Starts Envoy and its control plane on unix sockets in a directory of their own. Fields that it does not know are
 * refused, so that an older Envoy cannot pass over them in silence.
 */
export async function startEnvoy(path?: string): Promise<TestEnvoy> {
  const binary = path ?? (await obtainEnvoy()).path;
  const directory = await mkdtemp(join(tmpdir(), "dragoman-envoy-"));
  const sockets = { xds: join(directory, "xds.sock"), admin: join(directory, "admin.sock") };
  const ads = await startAds(sockets.xds);
  const config = JSON.stringify(testBootstrap(sockets));
  const options = [
    "--config-yaml",
    config,
    "--concurrency",
    "1",
    "--use-dynamic-base-id",
    "--reject-unknown-dynamic-fields",
    "--drain-time-s",
    "1",
    "-l",
    "warning",
  ];
  const child = spawn(binary, options, { stdio: ["ignore", "ignore", "pipe"] });
  const log = keepTail(child);
  const admin = async (path: string): Promise<string> => (await answerOf({ socketPath: sockets.admin, path })).body;
  const assertRunning = (): void => {
    const how = child.exitCode ?? child.signalCode;
    if (how !== null) throw new Error(`Envoy ended (${how})\n${log()}`);
  };
  return {
    pid: child.pid ?? 0,
    admin,
    assertRunning,
    serve: async (resources) => {
      assertRunning();
      return serve(resources, ads, admin, child, log);
    },
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, "exit");
        child.kill("SIGKILL");
        await exited;
      }
      ads.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function serve(
  resources: readonly Encoded[],
  ads: Ads,
  admin: TestEnvoy["admin"],
  child: ChildProcess,
  log: () => string,
): Promise<void> {
  const stop = new AbortController();
  const late = pause(patienceMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`Envoy did not serve the case in ${patienceMs} ms\n${log()}`);
  });
  const died = once(child, "exit", { signal: stop.signal }).then(([code, signal]) => {
    throw new Error(`Envoy ended (${code ?? signal})\n${log()}`);
  });
  try {
    const served = ads.serve(resources).then(() => untilWarm(resources, admin, stop.signal));
    // What fails because Envoy ends, fails before it has ended.
    await Promise.race([served.catch((error: unknown) => afterwards(error, died)), late, died]);
  } finally {
    stop.abort();
    await Promise.allSettled([late, died]);
  }
}

/** Rejects with the reason that comes a little later, if one does. */
async function afterwards(error: unknown, reason: Promise<never>): Promise<never> {
  await Promise.race([reason, pause(500)]);
  throw error;
}

/** Acknowledged is not yet served: a listener warms until its routes and secrets have come. */
async function untilWarm(resources: readonly Encoded[], admin: TestEnvoy["admin"], signal: AbortSignal): Promise<void> {
  const listeners = resources.filter((resource) => resource.type === "listener").length;
  while (!signal.aborted) {
    const stats = await admin("/stats?filter=^(listener_manager\\.total_listeners|cluster_manager\\.warming)");
    const value = (name: string): number => Number(new RegExp(`${name}: (\\d+)`).exec(stats)?.[1]);
    const warming = value("listener_manager.total_listeners_warming") + value("cluster_manager.warming_clusters");
    if (warming === 0 && value("listener_manager.total_listeners_active") === listeners) return;
    await pause(2);
  }
}

function keepTail(child: ChildProcess): () => string {
  let tail = "";
  child.stderr?.setEncoding("utf8");
  child.stderr?.on("data", (text: string) => {
    tail = (tail + text).slice(-4000);
  });
  return () => tail;
}
