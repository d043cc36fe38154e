/**
 * The kube-apiserver of a cluster: RBAC, tokens and client certificates as in production; nothing that a gateway never
 * sees. It can be ended and started again on the same port and store.
 */
import { request } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import type { ClusterFiles } from "./cluster-files.ts";
import { type Started, start } from "./started.ts";

/** Where it listens and what it stores in. */
export interface ApiServerOptions {
  readonly port: number;
  readonly etcd: string;
  readonly files: ClusterFiles;
  /** Further flags; the last one of a name counts. */
  readonly flags: readonly string[];
}

/** The issuer and the audience of service accounts' tokens. */
export const tokenIssuer = "https://kubernetes.default.svc";

/** A running API server, or one between two lives. */
export interface ApiServer {
  log(): string;
  kill(): Promise<void>;
  /** Ends it if it runs, starts it on the same port and store, and returns when it is ready. */
  restart(): Promise<void>;
}

/** Starts it and returns when it is ready. */
export async function startApiServer(path: string, options: ApiServerOptions): Promise<ApiServer> {
  let process = start(path, flags(options));
  const server: ApiServer = {
    log: () => process.log(),
    kill: () => process.kill(),
    restart: async () => {
      await process.kill();
      process = start(path, flags(options));
      await untilReady(process, options);
    },
  };
  try {
    await untilReady(process, options);
  } catch (error) {
    await server.kill();
    throw error;
  }
  return server;
}

function flags({ port, etcd, files, flags }: ApiServerOptions): string[] {
  return [
    `--etcd-servers=${etcd}`,
    `--etcd-cafile=${files.authority}`,
    `--etcd-certfile=${files.serverCertificate}`,
    `--etcd-keyfile=${files.serverKey}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    // Only written into Endpoints, which nobody does here; unset, the machine would have to have a route to the world.
    "--advertise-address=192.0.2.1",
    "--endpoint-reconciler-type=none",
    `--tls-cert-file=${files.serverCertificate}`,
    `--tls-private-key-file=${files.serverKey}`,
    `--client-ca-file=${files.authority}`,
    `--token-auth-file=${files.tokens}`,
    `--service-account-issuer=${tokenIssuer}`,
    `--service-account-key-file=${files.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    "--authorization-mode=RBAC",
    // Pods need no service account here, whose controller may not be running.
    "--disable-admission-plugins=ServiceAccount",
    "--service-cluster-ip-range=10.96.0.0/16",
    "--allow-privileged=true",
    "--enable-priority-and-fairness=false",
    "--kubelet-preferred-address-types=InternalIP",
    "--shutdown-delay-duration=0",
    "--profiling=false",
    ...flags,
  ];
}

const longestPauseMs = 200;

async function untilReady(process: Started, options: ApiServerOptions): Promise<void> {
  for (let delay = 20; ; delay = Math.min(longestPauseMs, delay * 2)) {
    if (await isReady(options)) return;
    if (process.hasEnded()) throw new Error(`kube-apiserver ended before it was ready:\n${process.log()}`);
    await pause(delay);
  }
}

function isReady({ port, files }: ApiServerOptions): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${files.adminToken}` };
    const where = { host: "127.0.0.1", port, path: "/readyz", ca: files.etcdClient.ca, headers, agent: false };
    const outgoing = request(where, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode === 200));
      response.once("error", () => resolve(false));
    });
    outgoing.once("error", (error) => {
      const code = "code" in error ? error.code : undefined;
      if (code === "ECONNREFUSED" || code === "ECONNRESET") resolve(false);
      else reject(error);
    });
    outgoing.end();
  });
}
