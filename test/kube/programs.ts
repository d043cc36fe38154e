/**
 * The programs of a cluster (etcd, kube-apiserver, …) and helm, from Go modules: one per project, because one for all
 * would force one version of what they share on all of them.
 */
import { join } from "node:path";
import { buildOrExplain, type GoModule, obtainPrograms } from "../go-programs.ts";

const directoryOf = (name: string): string => join(import.meta.dirname, "programs", name);

const kubernetes: GoModule = {
  directory: directoryOf("kubernetes"),
  folder: "kube",
  takes: "about 8 min",
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

const etcd: GoModule = {
  directory: directoryOf("etcd"),
  folder: "kube",
  origin: "go.etcd.io/etcd/server/v3",
  programs: { etcd: "go.etcd.io/etcd/server/v3" },
  linked: () => ({}),
};

const helm: GoModule = {
  directory: directoryOf("helm"),
  folder: "kube",
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
  const store = await obtainPrograms(etcd);
  const servers = await obtainPrograms(kubernetes);
  return {
    etcd: join(store, "etcd"),
    apiServer: join(servers, "kube-apiserver"),
    controllerManager: join(servers, "kube-controller-manager"),
    kubectl: join(servers, "kubectl"),
  };
}

/** The path of helm, built first when the cache lacks it. */
export async function helmProgram(): Promise<string> {
  return join(await obtainPrograms(helm), "helm");
}

if (import.meta.main) {
  await buildOrExplain(async () => {
    await clusterPrograms();
    await helmProgram();
  });
}
