/**
 * A cluster with the chart, a certificate authority in strict mode that knows only the names that a test gives it, and
 * gateways as the chart's service account: everything that a test of certificates in a cluster needs, in one place.
 */
import assert from "node:assert/strict";
import type { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:tls";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { type Cluster, startCluster } from "../kube/cluster.ts";
import { installCrds } from "../kube/crds.ts";
import { chart, openHelm } from "../kube/helm.ts";
import { openFigures } from "../loss/gateway.ts";
import { type AuthorityProxy, startAuthorityProxy } from "./authority-proxy.ts";
import { type Pebble, type PebbleOptions, startPebble } from "./pebble.ts";

/** Where Hosts are. */
export const namespace = "ambassador";

/** One replica. */
export interface Replica {
  readonly program: Program;
  readonly http: number;
  readonly https: number;
  readonly admin: number;
  readonly snapshot: number;
  /** Where it keeps its sockets. */
  readonly directory: string;
  /** A figure of its metrics; 0 where there is none. */
  figure(name: string): Promise<number>;
}

/** What a test has. */
export interface Site {
  readonly cluster: Cluster;
  readonly pebble: Pebble;
  /** In front of it, where that was asked for. */
  readonly proxy: AuthorityProxy | undefined;
  kubectl(...args: readonly string[]): Promise<string>;
  /** A Host with this authority, as people write it. */
  host(name: string, more?: object): object;
  /** Starts a replica. */
  start(env?: NodeJS.ProcessEnv): Promise<Replica>;
  /** Looks until it is as wanted, for a minute unless more is said. */
  until<T>(look: () => Promise<T>, wanted: (seen: T) => boolean, patienceMs?: number): Promise<T>;
  /** The line of a Host in `kubectl get hosts`, without its age. */
  line(name: string): Promise<string>;
  /** The certificate that a client who trusts the authority gets; undefined where there is none. */
  certificate(replica: Replica, hostname: string): Promise<X509Certificate | undefined>;
  close(): Promise<void>;
}

/** What a site is like. */
export interface SiteOptions extends PebbleOptions {
  /** Which replica the authority asks for answers: 0, the first, by default. */
  readonly asked?: number;
  /** Whether Hosts name a proxy in front of the authority. */
  readonly proxied?: boolean;
}

/** Builds it. */
export async function openSite({ asked = 0, proxied = false, ...options }: SiteOptions = {}): Promise<Site> {
  const home = mkdtempSync(join(tmpdir(), "dragoman-acme-site-"));
  const [askedHttp, cluster] = [await freePort(), await startCluster()];
  const pebble = await startPebble({ reusedAuthorizationsPercent: 0, challengePort: askedHttp, ...options });
  const authority = join(home, "authority.crt");
  const proxy = proxied ? await startAuthorityProxy(pebble) : undefined;
  writeFileSync(authority, `${pebble.serverAuthority}\n${proxy?.authority ?? ""}`);
  await installCrds(cluster);
  const helm = await openHelm(cluster);
  await helm("install", "ambassador", chart, "-n", namespace, "--create-namespace", "--skip-crds");
  const uid = await cluster.kubectl([
    ...["get", "serviceaccount", "ambassador", "-n", namespace],
    ...["-o", "jsonpath={.metadata.uid}"],
  ]);
  const token = cluster.token({ namespace, name: "ambassador", uid });
  const kubeconfig = await cluster.writeKubeconfig("ambassador", { token }, namespace);
  const replicas: Replica[] = [];
  const own = {
    AMBASSADOR_NAMESPACE: namespace,
    NODE_EXTRA_CA_CERTS: authority,
    NODE_OPTIONS: `--import=${join(import.meta.dirname, "lookup.ts")}`,
    DRAGOMAN_TEST_NAMES: pebble.names.address,
  };

  async function start(env: NodeJS.ProcessEnv = {}): Promise<Replica> {
    const http = replicas.length === asked ? askedHttp : await freePort();
    const [https, admin, snapshot] = [await freePort(), await freePort(), await freePort()];
    const directory = mkdtempSync(join(home, "run-"));
    const program = startProgram(
      [
        ...["run", "--kubeconfig", kubeconfig, `--admin-port=${admin}`, `--snapshot-port=${snapshot}`],
        ...["--port", `8080:${http}`, "--port", `8443:${https}`],
      ],
      { env: { ...process.env, ...own, TMPDIR: directory, ...env } },
    );
    const figure = openFigures(`http://127.0.0.1:${admin}/metrics`);
    const replica = { program, http, https, admin, snapshot, directory, figure };
    replicas.push(replica);
    await program.line(/^ready/);
    return replica;
  }

  const kubectl = (...args: readonly string[]): Promise<string> => cluster.kubectl([...args, "-n", namespace]);
  return {
    cluster,
    pebble,
    proxy,
    kubectl,
    host: (name, more = {}) => ({
      apiVersion: "getambassador.io/v3alpha1",
      kind: "Host",
      metadata: { name, namespace },
      spec: {
        hostname: `${name}.shop.test`,
        acmeProvider: { authority: proxy?.directory ?? pebble.directory, email: "admin@shop.test" },
        tlsSecret: { name: `${name}-cert` },
        requestPolicy: { insecure: { action: "Redirect", additionalPort: 8080 } },
        ...more,
      },
    }),
    start,
    async until(look, wanted, patienceMs = 60_000) {
      const began = performance.now();
      for (;;) {
        const seen = await look();
        if (wanted(seen)) return seen;
        if (performance.now() - began > patienceMs) {
          const said = replicas.map(({ program }) => program.output()).join("\n");
          assert.fail(`still ${JSON.stringify(seen)}\n${said}`);
        }
        await pause(50);
      }
    },
    async line(name) {
      const printed = await kubectl("get", "host", name, "--no-headers");
      return printed.trim().replaceAll(/ {2,}/g, " ").split(" ").slice(2, -1).join(" ");
    },
    async certificate({ https }, hostname) {
      const socket = connect({ host: "127.0.0.1", port: https, servername: hostname, ca: await pebble.root() });
      try {
        await once(socket, "secureConnect");
        return socket.getPeerX509Certificate();
      } catch (error) {
        if (error instanceof Error && "code" in error) return undefined;
        throw error;
      } finally {
        socket.destroy();
      }
    },
    async close() {
      for (const { program } of replicas) program.kill();
      proxy?.close();
      await Promise.all([pebble.close(), cluster.stop()]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
