/** A whole instance that is soaked: edits of its directory, and the memory of its two processes. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RouteTables } from "#compiler";
import { answerOf } from "../answer.ts";
import { startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { until } from "../processes/running.ts";
import type { Edit } from "./manifests.ts";

/** What is in use, in MiB. */
export interface Memory {
  /** What the control process holds in its heap and in buffers, after garbage has been collected. */
  readonly heap: number;
  readonly control: number;
  readonly envoy: number;
}

/** How many resources of a kind. */
export interface Retained {
  readonly clusters: number;
  readonly secrets: number;
  readonly tables: number;
  readonly scopes: number;
}

/** The running instance. */
export interface Soaked {
  apply(edit: Edit): Promise<void>;
  memory(): Promise<Memory>;
  /** What control serves. */
  wanted(): Promise<Retained>;
  /** What Envoy has. */
  held(): Promise<Retained>;
  /** Resolves when everything in the directory has been read, and Envoy has acknowledged it. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const mebibyte = 1024 * 1024;

/** Starts it on these objects, with route tables of this shape; resolves when Envoy serves. */
export async function startSoaked(objects: readonly Edit[], routeTables: RouteTables): Promise<Soaked> {
  const base = await mkdtemp(join(tmpdir(), "dragoman-soak-"));
  const [manifests, aside, run] = [join(base, "manifests"), join(base, "aside"), join(base, "run")];
  for (const directory of [manifests, aside, run]) await mkdir(directory);
  const apply = async ([file, object]: Edit): Promise<void> => {
    if (!object) return rm(join(manifests, file), { force: true });
    await writeFile(join(aside, file), JSON.stringify(object));
    await rename(join(aside, file), join(manifests, file));
  };
  for (const object of objects) await apply(object);
  const heapFile = join(base, "heap.json");
  const [http, https, admin] = [await freePort(), await freePort(), await freePort()];
  const ports = ["--port", `8080:${http}`, "--port", `8443:${https}`, "--admin-port", String(admin)];
  const program = startProgram(["run", manifests, "--state-dir", join(base, "state"), ...ports], {
    env: {
      ...process.env,
      TMPDIR: run,
      HEAP_FILE: heapFile,
      NODE_OPTIONS: `--import=${join(import.meta.dirname, "heap-probe.ts")}`,
      AMBASSADOR_ENVOY_BIND_ADDRESS: "127.0.0.1",
      AMBASSADOR_DRAIN_TIME: "5",
      DRAGOMAN_ROUTE_TABLES: routeTables,
      ENVOY_CONCURRENCY: "1",
    },
  });
  await program.line(/^ready/);
  const control = / control /;
  const rss = (which: RegExp) => program.resident(which).now / mebibyte;
  const metrics = async () => (await answerOf({ port: admin, path: "/metrics" })).body;
  const envoy = async (path: string): Promise<Dump> => {
    const [directory = ""] = await readdir(run);
    return JSON.parse((await answerOf({ socketPath: join(run, directory, "envoy-admin.sock"), path })).body) as Dump;
  };
  return {
    apply,
    async memory() {
      await rm(heapFile, { force: true });
      process.kill(program.pid(control) ?? 0, "SIGUSR2");
      await until(() => exists(heapFile));
      const { heapUsed, arrayBuffers } = JSON.parse(await readFile(heapFile, "utf8")) as NodeJS.MemoryUsage;
      return { heap: (heapUsed + arrayBuffers) / mebibyte, control: rss(control), envoy: rss(/--drain-time-s/) };
    },
    async wanted() {
      const page = await metrics();
      const of = (type: string) =>
        Number(new RegExp(`^dragoman_xds_resources{type="${type}"} (\\d+)$`, "m").exec(page)?.[1]);
      return { clusters: of("cluster"), secrets: of("secret"), tables: of("routes"), scopes: of("scope") };
    },
    async held() {
      const clusters = (await envoy("/clusters?format=json")).cluster_statuses ?? [];
      const secrets = (await envoy("/config_dump?resource=dynamic_active_secrets")).configs ?? [];
      const tables = (await envoy("/config_dump?resource=dynamic_route_configs")).configs ?? [];
      const sets = (await envoy("/config_dump?resource=dynamic_scoped_route_configs")).configs ?? [];
      const scopes = sets.reduce((sum, { scoped_route_configs: of = [] }) => sum + of.length, 0);
      // One cluster is the way to control.
      return { clusters: clusters.length - 1, secrets: secrets.length, tables: tables.length, scopes };
    },
    settled: () =>
      until(async () => {
        const [page, files] = [await metrics(), await readdir(manifests)];
        const figure = (name: string) => Number(new RegExp(`^dragoman_${name} (\\d+)$`, "m").exec(page)?.[1]);
        const isRead = (kind: string) =>
          figure(`objects{kind="${kind}"}`) ===
          files.filter((file) => file.startsWith(`${kind.toLowerCase()}-`)).length;
        const isAcknowledged = figure("snapshot_number") === figure("acknowledged_number");
        return isAcknowledged && ["Mapping", "Host", "Secret"].every(isRead);
      }),
    async close() {
      await program.interrupt();
      await rm(base, { recursive: true, force: true });
    },
  };
}

interface Dump {
  readonly cluster_statuses?: readonly unknown[];
  readonly configs?: readonly { readonly scoped_route_configs?: readonly unknown[] }[];
}

async function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  );
}
