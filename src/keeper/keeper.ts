/**
 * `dragoman run`: starts Envoy and `dragoman control` side by side, each restarted on its own, and ends both when it
 * ends. It knows nothing of configuration. Killing control never touches Envoy, and the other way round.
 * `dragoman envoy` is the same with an Envoy alone, whose control plane is elsewhere.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import type { Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { errorFields, type Log } from "#base/log.ts";
import type { RuntimeDirectory } from "#base/runtime-directory.ts";
import { type AdminClient, openAdminClient } from "./admin-client.ts";
import { type BootstrapOptions, bootstrap } from "./bootstrap.ts";
import { drainEnvoy, type EnvoyProcessOptions, startEnvoyProcess } from "./envoy-process.ts";
import { type OpenRemoteControl, openRemoteControl, type RemoteControl } from "./remote-control.ts";
import { makeRuntimeDirectory } from "./runtime-dir.ts";
import { type Sentinel, startSentinel } from "./sentinel.ts";
import { openStdoutRelay, type StdoutRelay } from "./stdout-relay.ts";
import { supervise } from "./supervise.ts";

/** What to run. */
export interface KeeperOptions {
  /** Absent: only Envoys elsewhere are served. */
  readonly envoy?: Omit<EnvoyProcessOptions, "bootstrapFile"> | undefined;
  readonly bootstrap: Omit<BootstrapOptions, "xdsSocket" | "adminSocket" | "remote">;
  /** How control is started, which finds the runtime directory in DRAGOMAN_RUNTIME_DIR; or where it is. */
  readonly control: OwnControl | RemoteControl;
  /** Where the runtime directory is made; the system's temporary directory when absent. */
  readonly runtimeParent?: string;
  /** How long open connections may go on after the first signal. */
  readonly shutdownMs?: number;
  /** How long new connections are taken at least after the first signal; no time when absent. */
  readonly lingerMs?: number;
  readonly log: Log;
  readonly envoyLog: Log;
  /** Standard output: the line that begins with `ready`, and Envoy's access log. */
  readonly stdout: Writable & { readonly fd?: number };
  /** Signals that end the keeper, the second one at once; the process's own when absent. */
  readonly signals?: SignalSource;
}

/** Control as a process beside Envoy. */
export interface OwnControl {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
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
const cannotRunStatus = 2;
/** Exit status after the second signal. */
const killedStatus = 130;

const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const defaultShutdownMs = 10_000;
const controlPatienceMs = 5_000;
const envoyPatienceMs = 5_000;
const readyPollMs = 20;

/** Runs until a signal; gives the exit status. */
export async function runKeeper(options: KeeperOptions): Promise<number> {
  const directory = await makeRuntimeDirectory(options.runtimeParent);
  const sentinel = startSentinel(directory.path, options.log);
  const relay = await openStdoutRelay(directory.path, options.stdout);
  const { control } = options;
  let remote: OpenRemoteControl | undefined;
  try {
    if (!("command" in control)) remote = await openRemoteControl(control, directory, options.log);
    await writeBootstrap({ ...options.bootstrap, remote: remote?.xds }, directory);
    return await keep(options, directory, { sentinel, relay, adminText: remote?.text ?? "" });
  } finally {
    await remote?.close();
    sentinel.release();
    relay.close();
    await rm(directory.path, { recursive: true, force: true });
  }
}

/** What stands around the processes; the text says where a data plane by itself answers probes. */
interface Surroundings {
  readonly sentinel: Sentinel;
  readonly relay: StdoutRelay;
  readonly adminText: string;
}

async function keep(
  options: KeeperOptions,
  { path, envoyAdminSocket, bootstrapFile }: RuntimeDirectory,
  { sentinel, relay, adminText }: Surroundings,
): Promise<number> {
  const { log } = options;
  const admin = openAdminClient(envoyAdminSocket);
  const ending = listenForEnd(options.signals ?? process, log);
  const ready = createAnnouncer(options, admin, ending.signal);
  const pids = new Map<string, number>();
  const notePid = (name: string) => (pid: number | undefined) => {
    if (pid === undefined) pids.delete(name);
    else pids.set(name, pid);
    sentinel.watch([...pids.values()]);
  };
  const { envoy: envoyOptions, control: controlOptions } = options;
  const envoy =
    envoyOptions &&
    supervise({
      name: "Envoy",
      log,
      start: () => startEnvoyProcess({ ...envoyOptions, bootstrapFile }, options.envoyLog, relay.fd),
      onPid: notePid("envoy"),
    });
  const control =
    "command" in controlOptions
      ? supervise({
          name: "control",
          log,
          start: () => startControl(controlOptions, path, ready.announce),
          onPid: notePid("control"),
          isFinal: (status) => status === cannotRunStatus && !ready.announced,
          onFinal: ending.end,
        })
      : undefined;
  if (!control) void ready.announce({ kind: "ready", text: adminText });
  const status = await ending.first;
  const gently = async (): Promise<number> => {
    if (status === 0 && envoy) {
      const times = { atLeastMs: options.lingerMs ?? 0, atMostMs: options.shutdownMs ?? defaultShutdownMs };
      await drainEnvoy(admin, times).catch((error: unknown) => {
        log("warning", "Envoy could not be drained", errorFields(error));
      });
    }
    // Control goes last: Envoy would only complain.
    await envoy?.stop(envoyPatienceMs);
    await control?.stop(controlPatienceMs);
    return status;
  };
  const atOnce = ending.second.then(() => killedStatus);
  try {
    return await Promise.race([gently(), atOnce]);
  } finally {
    await Promise.all([envoy?.kill(), control?.kill()]);
    ending.close();
  }
}

async function writeBootstrap(
  options: Omit<BootstrapOptions, "xdsSocket" | "adminSocket">,
  directory: RuntimeDirectory,
): Promise<void> {
  const { xdsSocket, envoyAdminSocket: adminSocket, bootstrapFile } = directory;
  await writeFile(bootstrapFile, JSON.stringify(bootstrap({ ...options, xdsSocket, adminSocket })), { mode: 0o600 });
}

/** The first signal ends gently, the second at once. */
function listenForEnd(signals: SignalSource, log: Log) {
  const first = Promise.withResolvers<number>();
  const second = Promise.withResolvers<void>();
  const ending = new AbortController();

  function end(status: number): void {
    ending.abort();
    first.resolve(status);
  }

  function onSignal(signal: NodeJS.Signals): void {
    if (ending.signal.aborted) {
      log("info", `${signal}: ending at once`);
      second.resolve();
      return;
    }
    log("info", `${signal}: shutting down; once more ends everything at once`);
    end(0);
  }

  for (const signal of endingSignals) signals.on(signal, onSignal);
  const close = (): void => {
    for (const signal of endingSignals) signals.off(signal, onSignal);
  };
  return { first: first.promise, second: second.promise, signal: ending.signal, end, close };
}

/** Says `ready` once: when control says so and Envoy has all that it asked for. */
function createAnnouncer({ envoy, stdout, log }: KeeperOptions, admin: AdminClient, ending: AbortSignal) {
  let announced = false;

  async function announce({ text }: ControlMessage): Promise<void> {
    if (announced) return;
    announced = true;
    while (!ending.aborted && !(await isReady())) await pause(readyPollMs);
    if (!ending.aborted) stdout.write(text === "" ? "ready\n" : `ready ${text}\n`);
  }

  async function isReady(): Promise<boolean> {
    if (!envoy) return true;
    try {
      return await admin.isReady();
    } catch (error) {
      log("warning", "Envoy's admin interface does not answer", errorFields(error));
      return false;
    }
  }

  return {
    get announced() {
      return announced;
    },
    announce,
  };
}

function startControl(
  { command, args, env = process.env }: OwnControl,
  runtimeDirectory: string,
  announce: (message: ControlMessage) => Promise<void>,
): ChildProcess {
  const child = spawn(command, args, {
    // Control logs in our own form, straight to the same place.
    stdio: ["ignore", 2, 2, "ipc"],
    detached: true,
    // One arena of malloc is a sixth less memory than one for each thread, and the threads have little to do with it.
    env: { MALLOC_ARENA_MAX: "1", ...env, DRAGOMAN_RUNTIME_DIR: runtimeDirectory },
  });
  child.on("message", (message) => void announce(message as ControlMessage));
  return child;
}
