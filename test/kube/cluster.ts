/**
 * A Kubernetes cluster for one test file: etcd and kube-apiserver on loopback, without nodes, in a directory that
 * vanishes with it. RBAC decides, as in production: whoever is not an administrator may do what the test grants.
 */
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { freePort } from "../envoy/free-port.ts";
import { startApiServer } from "./api-server.ts";
import { type ClusterFiles, writeClusterFiles } from "./cluster-files.ts";
import {
  type Credentials,
  type ServiceAccount,
  serviceAccountToken,
  userCertificate,
  writeKubeconfig,
} from "./credentials.ts";
import { startEtcd } from "./etcd.ts";
import { type KubectlOptions, kubectl } from "./kubectl.ts";
import { clusterPrograms } from "./programs.ts";
import { type Ask, createAsk } from "./request.ts";
import { type Started, start } from "./started.ts";

/** What a test may want besides the API server. */
export interface ClusterOptions {
  /** Controllers of kube-controller-manager to run, such as `endpointslice-controller`; it is not started for none. */
  readonly controllers?: readonly string[];
  /** Further flags of kube-apiserver. */
  readonly apiServerFlags?: readonly string[];
}

/** A custom resource of a namespace. */
export interface CustomObject {
  readonly apiVersion: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** A running cluster. */
export interface Cluster {
  /** `https://127.0.0.1:PORT`, the same after a restart. */
  readonly server: string;
  /** Who signed the server's certificate, as PEM. */
  readonly authority: string;
  /** Where everything of it is, for files of the test's own too; removed by `stop`. */
  readonly directory: string;
  /** A token of the group `system:masters`. */
  readonly adminToken: string;
  /** The path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** What kubectl printed; throws `KubectlFailed`. The administrator asks, unless another kubeconfig is given. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<string>;
  /** One request of the administrator, for what kubectl does not show. */
  ask: Ask;
  /** Applies objects with kubectl, as the administrator; gives what it printed. */
  apply(...objects: readonly object[]): Promise<string>;
  /** Creates the namespace, the account and bindings to these ClusterRoles where they are missing. */
  serviceAccount(namespace: string, name: string, clusterRoles?: readonly string[]): Promise<ServiceAccount>;
  /** A token of it, good for an hour unless said otherwise; expired when the lifetime is negative. */
  token(account: ServiceAccount, lifetimeSeconds?: number): string;
  /** A client certificate of a user, whom the API server need not know. */
  userCertificate(user: string, groups?: readonly string[]): Credentials;
  /** Writes `NAME.kubeconfig` (mode 0600) and returns its path; `to` is where the server is found, if not at its own. */
  writeKubeconfig(name: string, credentials: Credentials, namespace?: string, to?: string): Promise<string>;
  /** Ends the API server at once, as an outage does: connections break, nothing is said. */
  killApiServer(): Promise<void>;
  /** Starts it again on the same address and store, and returns when it is ready. */
  restartApiServer(): Promise<void>;
  /** Makes etcd forget the past. The API server remembers some until it is restarted; then the past gets 410. */
  compact(): Promise<void>;
  /** Stores a custom resource as another API server of the cluster would, while this one may be away. */
  store(plural: string, object: CustomObject): Promise<void>;
  /** The end of the API server's log. */
  log(): string;
  /** Ends every process of it and removes its directory. */
  stop(): Promise<void>;
}

/** Starts a cluster, in seconds; the first call on a machine builds its programs, in minutes. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const programs = await clusterPrograms();
  const files = await writeClusterFiles();
  const started: { kill(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((process) => process.kill()));
    await rm(files.directory, { recursive: true, force: true });
  };
  try {
    const etcd = await startEtcd(programs.etcd, files);
    started.push(etcd.process);
    const port = await freePort();
    const flags = options.apiServerFlags ?? [];
    const apiServer = await startApiServer(programs.apiServer, { port, etcd: etcd.url, files, flags });
    started.push(apiServer);
    const server = `https://127.0.0.1:${port}`;
    const kubeconfig = await writeKubeconfig(files, "admin", { server, credentials: { token: files.adminToken } });
    started.push(...startControllers(programs.controllerManager, kubeconfig, options.controllers ?? []));
    const run: Cluster["kubectl"] = (args, given) =>
      kubectl(programs.kubectl, files.directory, args, { kubeconfig, ...given });
    return {
      ...identity(files, server, kubeconfig, run),
      killApiServer: apiServer.kill,
      restartApiServer: apiServer.restart,
      compact: etcd.compact,
      store: (plural, object) => etcd.put(...stored(plural, object)),
      log: apiServer.log,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Identity = Omit<Cluster, "killApiServer" | "restartApiServer" | "compact" | "store" | "log" | "stop">;

/** The part that is about who asks. */
function identity(files: ClusterFiles, server: string, kubeconfig: string, run: Cluster["kubectl"]): Identity {
  const authority = files.etcdClient.ca;
  return {
    server,
    authority,
    directory: files.directory,
    adminToken: files.adminToken,
    kubeconfig,
    kubectl: run,
    apply: (...items) =>
      run(["apply", "-f", "-"], { stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items }) }),
    ask: createAsk(server, authority, files.adminToken),
    serviceAccount: async (namespace, name, clusterRoles = []) => {
      const stdin = JSON.stringify(accountManifests(namespace, name, clusterRoles));
      await run(["apply", "--server-side", "-f", "-"], { stdin });
      const uid = await run([
        "get",
        "serviceaccount",
        name,
        `--namespace=${namespace}`,
        "-o",
        "jsonpath={.metadata.uid}",
      ]);
      return { namespace, name, uid };
    },
    token: (account, lifetimeSeconds = 3600) => serviceAccountToken(files, account, lifetimeSeconds),
    userCertificate: (user, groups = []) => userCertificate(files, user, groups),
    writeKubeconfig: (name, credentials, namespace = "default", to = server) =>
      writeKubeconfig(files, name, { server: to, credentials, namespace }),
  };
}

/** The place and the text of a custom resource in etcd. */
function stored(plural: string, object: CustomObject): readonly [key: string, text: string] {
  const { namespace, name } = object.metadata;
  const creationTimestamp = new Date().toISOString().replace(/\.\d+/, "");
  const written = { manager: "test", operation: "Update", fieldsType: "FieldsV1", fieldsV1: { "f:spec": {} } };
  const managedFields = [{ ...written, apiVersion: object.apiVersion, time: creationTimestamp }];
  const metadata = { ...object.metadata, uid: randomUUID(), generation: 1, creationTimestamp, managedFields };
  const group = object.apiVersion.split("/")[0];
  return [`/registry/${group}/${plural}/${namespace}/${name}`, JSON.stringify({ ...object, metadata })];
}

function accountManifests(namespace: string, name: string, clusterRoles: readonly string[]): unknown {
  const bindings = clusterRoles.map((role) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: `${namespace}-${name}-${role}` },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [{ kind: "ServiceAccount", namespace, name }],
  }));
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace, name } },
    ...bindings,
  ];
  return { apiVersion: "v1", kind: "List", items };
}

function startControllers(path: string, kubeconfig: string, controllers: readonly string[]): Started[] {
  if (controllers.length === 0) return [];
  const flags = [
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${controllers.join(",")}`,
    "--leader-elect=false",
    "--secure-port=0",
  ];
  return [start(path, flags)];
}
