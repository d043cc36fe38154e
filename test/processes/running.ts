/**
 * A whole instance (keeper, Envoy, control) in processes of its own, and what tests do to it from outside.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { answerOf } from "../answer.ts";
import { freePort } from "../envoy/free-port.ts";

/** One process of an instance. */
export type Role = "keeper" | "envoy" | "control" | "sentinel";

/** An instance and its directories. */
export interface Running {
  readonly port: number;
  readonly keeper: ChildProcess;
  readonly stateDirectory: string;
  readonly runtimeParent: string;
  /** The next line of standard output that begins with `ready`. */
  readonly ready: Promise<string>;
  readonly log: readonly string[];
  write(file: string, text: string): Promise<void>;
  pid(role: Role): Promise<number | undefined>;
  pids(): Promise<number[]>;
  /** A path of control's admin socket. */
  control(path: string): Promise<string>;
  /** Ends the keeper and starts another on the same directories. */
  restart(): Promise<Running>;
  close(): Promise<void>;
}

/** Starts an instance on a manifest; `environment` is added to this process's own. */
export async function startRunning(
  files: Readonly<Record<string, string>>,
  from?: Running,
  environment: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const base = from ? join(from.stateDirectory, "..") : await mkdtemp(join(tmpdir(), "dragoman-test-"));
  const port = from?.port ?? (await freePort());
  const [manifests, stateDirectory, runtimeParent] = ["manifests", "state", "run"].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(manifests, { recursive: true });
  const write = (file: string, text: string) => writeFile(join(manifests, file), text);
  for (const [file, text] of Object.entries(files)) await write(file, text);
  const main = new URL("./keeper-main.ts", import.meta.url).pathname;
  const env = {
    ...process.env,
    ...environment,
    PORTS: JSON.stringify({ 8080: port }),
    DRAGOMAN_STATE_DIR: stateDirectory,
    RUNTIME_PARENT: runtimeParent,
  };
  const keeper = spawn(process.execPath, [main, manifests], { env, stdio: ["ignore", "pipe", "pipe"] });
  const log: string[] = [];
  createInterface({ input: keeper.stderr }).on("line", (line) => log.push(line));
  const ready = new Promise<string>((resolve, reject) => {
    keeper.once("exit", () => reject(new Error(`the keeper has ended\n${log.join("\n")}`)));
    createInterface({ input: keeper.stdout }).on("line", (line) => line.startsWith("ready") && resolve(line));
  });
  ready.catch(() => undefined);
  const pids = () => pidsOf(base);
  const running: Running = {
    port,
    keeper,
    stateDirectory,
    runtimeParent,
    ready,
    log,
    write,
    pids,
    async pid(role) {
      const marks = { keeper: "keeper-main", envoy: "--drain-time-s", control: "control-main", sentinel: "sentinel" };
      for (const pid of await pids()) if ((await commandOf(pid)).includes(marks[role])) return pid;
      return undefined;
    },
    async control(path) {
      const [directory = ""] = await readdir(runtimeParent);
      return (await answerOf({ socketPath: join(runtimeParent, directory, "control.sock"), path })).body;
    },
    async restart() {
      await end(running);
      const next = await startRunning({}, running);
      await next.ready;
      return next;
    },
    async close() {
      await end(running);
      await rm(base, { recursive: true, force: true });
    },
  };
  return running;
}

async function end({ keeper, pids }: Running): Promise<void> {
  if (keeper.exitCode === null && keeper.signalCode === null) {
    const exited = once(keeper, "exit");
    keeper.kill("SIGTERM");
    await exited;
  }
  await until(async () => (await pids()).length === 0);
}

/** Waits until something is so. */
export async function until(isSo: () => Promise<boolean>, everyMs = 10): Promise<void> {
  while (!(await isSo())) await pause(everyMs);
}

/** The processes whose command line contains a text. */
export async function pidsOf(mark: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (/^\d+$/.test(name) && (await commandOf(Number(name))).includes(mark)) found.push(Number(name));
  }
  return found;
}

/** The command line of a process; empty when it has ended, also while nobody has fetched its status yet. */
async function commandOf(pid: number): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}
