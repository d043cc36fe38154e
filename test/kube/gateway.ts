/**
 * The whole product on a test's cluster: what requests are answered, and how many responses its Envoy has been sent to
 * that end.
 */

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { answerOf } from "../answer.ts";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";

/** Responses by the type of their resources; types of which there are none are left out. */
export type Sent = Readonly<Record<string, number>>;

/** A started instance that is ready. */
export interface Gateway {
  readonly program: Program;
  /** Where it listens for 8080 and for 8443. */
  readonly http: number;
  readonly https: number;
  /** The body of a good answer, the status of any other. */
  get(path: string, host?: string): Promise<string>;
  /** Resolves when that is the answer. */
  until(path: string, wanted: string, host?: string): Promise<void>;
  /** One of its metrics; all its series added up where a label is not asked for. */
  metric(name: string, labels?: string): Promise<number>;
  /** Resolves when a metric is at least so much. */
  untilMetric(name: string, labels: string, least: number): Promise<void>;
  /** What Envoy is sent while something is done, and until it has acknowledged everything. */
  sentDuring(work: () => Promise<unknown>): Promise<Sent>;
}

const patienceMs = 30_000;

/** Starts one with a kubeconfig; `environment` is added to this process's own. */
export async function startGateway(kubeconfig: string, environment: NodeJS.ProcessEnv = {}): Promise<Gateway> {
  const [http, https, admin] = [await freePort(), await freePort(), await freePort()];
  const ports = ["--port", `8080:${http}`, "--port", `8443:${https}`, "--admin-port", String(admin)];
  const env = { ...process.env, ...environment };
  const program = startProgram(["run", "--kubeconfig", kubeconfig, ...ports], { env });
  await program.line(/^ready/).catch((error: unknown) => {
    program.kill();
    throw error;
  });
  const get = (path: string, host?: string) => ask(http, path, host);
  const metrics = () => ask(admin, "/metrics");
  const metric = async (name: string, labels = "") => valueIn(await metrics(), name, labels);

  async function eventually<T>(look: () => Promise<T>, wanted: (seen: T) => boolean, what: string): Promise<T> {
    const start = performance.now();
    for (;;) {
      const seen = await look();
      if (wanted(seen)) return seen;
      if (performance.now() - start > patienceMs) assert.fail(`${what} is still ${seen}\n${program.output()}`);
      await pause(20);
    }
  }

  const settled = () =>
    eventually(
      metrics,
      (text) => valueIn(text, "dragoman_acknowledged_number") === valueIn(text, "dragoman_snapshot_number"),
      "what Envoy acknowledged",
    );
  return {
    program,
    http,
    https,
    get,
    metric,
    async until(path, wanted, host) {
      await eventually(
        () => get(path, host),
        (seen) => seen === wanted,
        `${host ?? ""}${path}`,
      );
    },
    async untilMetric(name, labels, least) {
      await eventually(
        () => metric(name, labels),
        (seen) => seen >= least,
        name,
      );
    },
    async sentDuring(work) {
      const before = responsesIn(await settled());
      await work();
      const after = responsesIn(await settled());
      const more = Object.entries(after).map(([type, count]) => [type, count - (before[type] ?? 0)] as const);
      return Object.fromEntries(more.filter(([, count]) => count > 0));
    },
  };
}

/** A port that is not open yet, or not any more, is an answer too. */
function ask(port: number, path: string, host?: string): Promise<string> {
  return answerOf({ port, path, headers: host === undefined ? {} : { host } }).then(
    ({ status, body }) => (status === 200 ? body : String(status)),
    (error: Error) => error.message,
  );
}

function valueIn(metrics: string, name: string, labels = ""): number {
  let sum = 0;
  for (const line of metrics.split("\n")) {
    const [, found, has = "", value] = /^(\w+)(\{[^}]*\})? (\S+)$/.exec(line) ?? [];
    if (found === name && has.includes(labels)) sum += Number(value);
  }
  return sum;
}

function responsesIn(metrics: string): Sent {
  const all = metrics.matchAll(/^dragoman_xds_responses_total\{type="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries(Array.from(all, ([, type = "", count]) => [type, Number(count)]));
}
