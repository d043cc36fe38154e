/**
 * The programs of a cluster (etcd, kube-apiserver, …) and helm, built from Go modules once into the cache directory.
 * `programs/` holds one go.mod and go.sum per project, none of its code; their content is the key in the cache.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { withFileLock } from "../../src/keeper/file-lock.ts";
import { cacheDirectory } from "../../src/keeper/wheel.ts";

/** One Go module and the programs that are taken from it. */
interface Module {
  readonly directory: "etcd" | "helm" | "kubernetes";
  /** The module whose version the programs say they are. */
  readonly origin: string;
  readonly programs: Readonly<Record<string, string>>;
  /** What the projects' own builds set at link time, without which the programs do not know their version. */
  linked(version: string): Readonly<Record<string, string>>;
}

const kubernetes: Module = {
  directory: "kubernetes",
  origin: "k8s.io/kubernetes",
  programs: {
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    kubectl: "k8s.io/kubernetes/cmd/kubectl",
  },
  linked: (version) => ({
    "k8s.io/component-base/version.gitVersion": version,
    "k8s.io/component-base/version.gitMajor": "1",
    "k8s.io/component-base/version.gitMinor": version.split(".")[1] ?? "",
  }),
};

const etcd: Module = {
  directory: "etcd",
  origin: "go.etcd.io/etcd/server/v3",
  programs: { etcd: "go.etcd.io/etcd/server/v3" },
  linked: () => ({}),
};

const helm: Module = {
  directory: "helm",
  origin: "helm.sh/helm/v3",
  programs: { helm: "helm.sh/helm/v3/cmd/helm" },
  linked: (version) => ({
    "helm.sh/helm/v3/internal/version.version": version,
    "helm.sh/helm/v3/internal/version.gitCommit": "none",
    // The version that `helm template` believes to talk to.
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "36",
  }),
};

/** Paths of the programs that a cluster consists of. */
export interface ClusterPrograms {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string;
  readonly kubectl: string;
}

/** Built first when the cache lacks them, which takes about eight minutes. */
export async function clusterPrograms(): Promise<ClusterPrograms> {
  const store = await obtain(etcd);
  const servers = await obtain(kubernetes);
  return {
    etcd: join(store, "etcd"),
    apiServer: join(servers, "kube-apiserver"),
    controllerManager: join(servers, "kube-controller-manager"),
    kubectl: join(servers, "kubectl"),
  };
}

/** The path of helm, built first when the cache lacks it. */
export async function helmProgram(): Promise<string> {
  return join(await obtain(helm), "helm");
}

/** The directory with a module's programs. */
async function obtain(module: Module): Promise<string> {
  const parent = join(cacheDirectory(process.env), "kube");
  const target = join(parent, `${module.directory}-${keyOf(module)}`);
  if (existsSync(target)) return target;
  await mkdir(parent, { recursive: true });
  await withFileLock(`${target}.lock`, say, async () => {
    if (!existsSync(target)) await build(module, target);
  });
  return target;
}

const say = (line: string): void => console.error(line);

async function build(module: Module, target: string): Promise<void> {
  const names = Object.keys(module.programs).join(", ");
  say(`building ${names} ${versionOf(module)} (once${module === kubernetes ? ", about 8 min" : ""})`);
  const work = await mkdtemp(`${target}.new-`);
  try {
    for (const [name, path] of Object.entries(module.programs)) {
      const flags = ["-trimpath", "-ldflags", linkerFlags(module), "-o", join(work, name)];
      await go(["build", ...flags, path], directoryOf(module));
    }
    await rename(work, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function linkerFlags(module: Module): string {
  const values = Object.entries(module.linked(versionOf(module))).map(([name, value]) => `-X ${name}=${value}`);
  return ["-s", "-w", ...values].join(" ");
}

const directoryOf = (module: Module): string => join(import.meta.dirname, "programs", module.directory);

function keyOf(module: Module): string {
  const hash = createHash("sha256").update(linkerFlags(module));
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(directoryOf(module), file)));
  return hash.digest("hex").slice(0, 12);
}

function versionOf({ directory, origin }: Module): string {
  const text = readFileSync(join(import.meta.dirname, "programs", directory, "go.mod"), "utf8");
  const version = text.split(`${origin} v`)[1]?.split(/\s/, 1)[0];
  if (version === undefined) throw new Error(`go.mod of ${directory} does not require ${origin}`);
  return `v${version}`;
}

/** The message is one for a person: what is missing, or Go's own words. */
class BuildFailed extends Error {
  override readonly name = "BuildFailed";
}

/** Nicely, because a build takes every core for minutes. */
function go(args: readonly string[], cwd: string): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: "0" };
  return new Promise((resolve, reject) => {
    execFile("nice", ["-n", "15", "go", ...args], { cwd, env, maxBuffer: 1 << 26 }, (error, _, stderr) => {
      if (!error) return resolve();
      const missing = error.code === 127 ? "Go 1.26 or newer is missing: install it." : stderr.trim().slice(-2000);
      reject(new BuildFailed(`the programs of a cluster cannot be built: ${missing || error.message}`));
    });
  });
}

if (import.meta.main) {
  try {
    await clusterPrograms();
    await helmProgram();
  } catch (error) {
    if (!(error instanceof BuildFailed)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
