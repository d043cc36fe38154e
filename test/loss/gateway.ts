/** A whole `dragoman run` on a directory of manifests, and what scenarios do to it from outside. */
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import type { Ports } from "./clients.ts";

/** What a file of the directory says. */
export type Manifests = readonly object[];

/** The running instance. */
export interface Gateway {
  readonly ports: Ports;
  /** Puts a file in place, at once; the others of the call right behind it. */
  put(files: Readonly<Record<string, Manifests>>): Promise<void>;
  remove(...files: string[]): Promise<void>;
  move(from: string, to: string): Promise<void>;
  /** A signal to the control process; resolves when another one has taken over and Envoy has acknowledged it. */
  endControl(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Resolves when what was put or removed by `edit` has been compiled and Envoy has acknowledged all of it. */
  settled(edit: () => Promise<void>): Promise<void>;
  /** A figure of the metrics page, Envoy's among them. */
  figure(name: string): Promise<number>;
  /** What control and keeper have said. */
  log(): string;
  close(): Promise<void>;
}

/** How it is started. */
export interface GatewayOptions {
  readonly files: Readonly<Record<string, Manifests>>;
  readonly drainSeconds: number;
}

/** Starts it; resolves when Envoy serves. */
export async function startGateway({ files, drainSeconds }: GatewayOptions): Promise<Gateway> {
  const base = await mkdtemp(join(tmpdir(), "dragoman-loss-"));
  const [manifests, aside] = [join(base, "manifests"), join(base, "aside")];
  for (const directory of [manifests, aside]) await mkdir(directory);
  const put = async (all: Readonly<Record<string, Manifests>>): Promise<void> => {
    for (const [file, objects] of Object.entries(all)) {
      await writeFile(join(aside, file), objects.map((object) => JSON.stringify(object)).join("\n---\n"));
      await rename(join(aside, file), join(manifests, file));
    }
  };
  await put(files);
  const [http, https, admin] = [await freePort(), await freePort(), await freePort()];
  const args = ["run", manifests, "--state-dir", join(base, "state"), "--admin-port", String(admin)];
  args.push("--port", `8080:${http}`, "--port", `8443:${https}`);
  const env = {
    ...process.env,
    AMBASSADOR_DRAIN_TIME: String(drainSeconds),
    AMBASSADOR_ENVOY_BIND_ADDRESS: "127.0.0.1",
    ENVOY_CONCURRENCY: "2",
  };
  const program = startProgram(args, { env });
  await program.line(/^ready/);
  const figure = openFigures(`http://127.0.0.1:${admin}/metrics`);
  const isIdle = async () =>
    (await figure("dragoman_acknowledged_number")) === (await figure("dragoman_snapshot_number"));
  const control = () => program.pid(/ control /);
  return {
    ports: { http, https },
    figure,
    log: program.output,
    put,
    async remove(...names) {
      for (const name of names) await rm(join(manifests, name));
    },
    move: (from, to) => rename(join(manifests, from), join(manifests, to)),
    async endControl(signal) {
      const killed = control();
      if (killed === undefined) throw new Error("there is no control process");
      process.kill(killed, signal);
      await until(() => ![undefined, killed].includes(control()));
      await until(async () => (await figure("dragoman_acknowledged_number")) > 0);
    },
    async settled(edit) {
      const [process, commits] = [control(), await figure("dragoman_commits_total")];
      await edit();
      // Another process counts anew, and may come to the same number.
      const before = process === control() ? commits : 0;
      await until(async () => ![0, before].includes(await figure("dragoman_commits_total")));
      await until(isIdle);
    },
    async close() {
      program.kill();
      await rm(base, { recursive: true, force: true });
    },
  };
}

const patienceMs = 60_000;

/** Waits until something is so, which it never will be after a minute. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const start = performance.now();
  while (!(await isSo())) {
    if (performance.now() - start > patienceMs) throw new Error(`it never was so: ${isSo}`);
    await pause(20);
  }
}

/** Reads figures of the metrics page; all are 0 while nobody listens. */
export function openFigures(url: string): (name: string) => Promise<number> {
  return async (name) => {
    const text = await fetch(url).then(
      (response) => response.text(),
      (error: unknown) => {
        // The next control process does not listen yet.
        if (error instanceof TypeError) return "";
        throw error;
      },
    );
    const line = text.split("\n").find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? 0);
  };
}
