/**
 * `dragoman run`: starts Envoy and `dragoman control` side by side, each restarted on its own, and ends both when it
 * ends. It knows nothing of configuration. Killing control never touches Envoy, and the other way round.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import type { Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "#base/log.ts";
import { openAdminClient } from "./admin-client.ts";
import { type BootstrapOptions, bootstrap } from "./bootstrap.ts";
import { drainEnvoy, type EnvoyProcessOptions, startEnvoyProcess } from "./envoy-process.ts";
import { makeRuntimeDirectory } from "./runtime-dir.ts";
import { startSentinel } from "./sentinel.ts";
import { openStdoutRelay } from "./stdout-relay.ts";
import { supervise } from "./supervise.ts";

/** What to run. */
export interface KeeperOptions {
  readonly envoy: Omit<EnvoyProcessOptions, "bootstrapFile">;
  readonly bootstrap: Omit<BootstrapOptions, "xdsSocket" | "adminSocket">;
  /** How control is started; it finds the runtime directory in DRAGOMAN_RUNTIME_DIR. */
  readonly control: { readonly command: string; readonly args: readonly string[]; readonly env?: NodeJS.ProcessEnv };
  /** Where the runtime directory is made; the system's temporary directory when absent. */
  readonly runtimeParent?: string;
  /** How long open connections may go on after the first signal. */
  readonly shutdownMs?: number;
  readonly log: Log;
  readonly envoyLog: Log;
  /** Standard output: the line that begins with `ready`, and Envoy's access log. */
  readonly stdout: Writable & { readonly fd?: number };
  /** Signals that end the keeper, the second one at once; the process's own when absent. */
  readonly signals?: SignalSource;
}

/** Where signals come from. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

/** What control tells the keeper. */
export interface ControlMessage {
  readonly kind: "ready";
  /** What follows the word `ready` on standard output. */
  readonly text: string;
}

/** Exit status of a control process that cannot run as it was asked to: it is not started again. */
export const cannotRunStatus = 2;

const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const defaultShutdownMs = 10_000;
const controlPatienceMs = 5_000;
const envoyPatienceMs = 5_000;
const readyPollMs = 20;

/** Runs until a signal; gives the exit status. */
export async function runKeeper(options: KeeperOptions): Promise<number> {
  const { log } = options;
  const directory = await makeRuntimeDirectory(options.runtimeParent);
  const sentinel = startSentinel(directory.path);
  const admin = openAdminClient(directory.envoyAdminSocket);
  const sockets = { xdsSocket: directory.xdsSocket, adminSocket: directory.envoyAdminSocket };
  const config = JSON.stringify(bootstrap({ ...options.bootstrap, ...sockets }));
  const { bootstrapFile } = directory;
  await writeFile(bootstrapFile, config, { mode: 0o600 });

  const relay = await openStdoutRelay(directory.path, options.stdout);

  const pids = new Map<string, number>();
  const ending = Promise.withResolvers<number>();
  const killed = Promise.withResolvers<void>();
  let signalled = false;
  let announced = false;

  const notePid = (name: string) => (pid: number | undefined) => {
    if (pid === undefined) pids.delete(name);
    else pids.set(name, pid);
    sentinel.watch([...pids.values()]);
  };

  async function announce({ text }: ControlMessage): Promise<void> {
    if (announced) return;
    announced = true;
    while (!signalled && !(await admin.isReady())) await pause(readyPollMs);
    if (!signalled) options.stdout.write(text === "" ? "ready\n" : `ready ${text}\n`);
  }

  function onSignal(signal: NodeJS.Signals): void {
    if (signalled) killed.resolve();
    signalled = true;
    log("info", `${signal}: shutting down; once more ends everything at once`);
    ending.resolve(0);
  }

  const signals = options.signals ?? process;
  for (const signal of endingSignals) signals.on(signal, onSignal);

  const envoy = supervise({
    name: "Envoy",
    log,
    start: () => startEnvoyProcess({ ...options.envoy, bootstrapFile }, options.envoyLog, relay.fd),
    onPid: notePid("envoy"),
  });
  const control = supervise({
    name: "control",
    log,
    start: () => startControl(options, directory.path, announce, log),
    onPid: notePid("control"),
    isFinal: (status) => status === cannotRunStatus && !announced,
    onFinal: ending.resolve,
  });

  const status = await ending.promise;
  const gently = async (): Promise<void> => {
    if (status === 0) await drainEnvoy(admin, options.shutdownMs ?? defaultShutdownMs);
    // Control goes last: Envoy would only complain.
    await envoy.stop(envoyPatienceMs);
    await control.stop(controlPatienceMs);
  };
  const atOnce = killed.promise.then(() => {
    envoy.kill();
    control.kill();
  });
  await Promise.race([gently(), atOnce]);
  for (const signal of endingSignals) signals.off(signal, onSignal);
  sentinel.release();
  relay.close();
  await rm(directory.path, { recursive: true, force: true });
  return status;
}

function startControl(
  options: KeeperOptions,
  runtimeDirectory: string,
  announce: (message: ControlMessage) => Promise<void>,
  log: Log,
): ChildProcess {
  const { command, args, env = process.env } = options.control;
  const child = spawn(command, args, {
    // Control logs in our own form, straight to the same place.
    stdio: ["ignore", 2, 2, "ipc"],
    detached: true,
    env: { ...env, DRAGOMAN_RUNTIME_DIR: runtimeDirectory },
  });
  child.on("message", (message) => {
    announce(message as ControlMessage).catch((error: unknown) => {
      log("error", `Envoy's admin interface: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
  return child;
}
