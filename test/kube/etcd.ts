/**
 * The store behind a cluster's API server: one etcd that only the API server's certificate opens.
 */
import { request } from "node:https";
import { join } from "node:path";
import { freePort } from "../envoy/free-port.ts";
import type { ClusterFiles } from "./cluster-files.ts";
import { type Started, start } from "./started.ts";

/** A running etcd. */
export interface Etcd {
  readonly url: string;
  readonly process: Started;
  /** Forgets everything but the present, as a busy cluster does every five minutes. */
  compact(): Promise<void>;
  /** Stores a value behind the API server's back. */
  put(key: string, value: string): Promise<void>;
}

/** Starts one with an empty store in the cluster's directory. */
export async function startEtcd(path: string, files: ClusterFiles): Promise<Etcd> {
  const [url, peers] = [`https://127.0.0.1:${await freePort()}`, `https://127.0.0.1:${await freePort()}`];
  const tls = (prefix: string): string[] => [
    `--${prefix}cert-file=${files.serverCertificate}`,
    `--${prefix}key-file=${files.serverKey}`,
    `--${prefix}trusted-ca-file=${files.authority}`,
    `--${prefix}client-cert-auth`,
  ];
  const process = start(path, [
    `--data-dir=${join(files.directory, "etcd")}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    ...tls(""),
    ...tls("peer-"),
    // What it stores need not survive the machine.
    "--unsafe-no-fsync",
    "--log-level=warn",
  ]);
  return {
    url,
    process,
    compact: () => compact(url, files),
    async put(key, value) {
      await call(url, files, "/v3/kv/put", { key: base64(key), value: base64(value) });
    },
  };
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

async function compact(url: string, files: ClusterFiles): Promise<void> {
  const newest = await call(url, files, "/v3/kv/range", { key: base64("/") });
  const { header } = newest as { header: { revision: string } };
  await call(url, files, "/v3/kv/compaction", { revision: header.revision, physical: true });
}

function call(url: string, files: ClusterFiles, path: string, body: unknown): Promise<unknown> {
  const { ca, cert, key } = files.etcdClient;
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, url), { method: "POST", ca, cert, key, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`etcd answered ${response.statusCode} to ${path}: ${text}`));
      });
    });
    outgoing.on("error", reject);
    outgoing.end(JSON.stringify(body));
  });
}
