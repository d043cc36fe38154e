/**
 * The way to an API server that kubeconfig files say: `--kubeconfig`, else KUBECONFIG (several files, of which the
 * first that names something wins), else `~/.kube/config`. Relative paths in a file start at that file.
 */
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { load, YAMLException } from "js-yaml";
import { type Fields, fieldsOf, list, text } from "#base/fields.ts";
import { type Access, AccessUnavailable, type Credentials, type Identity } from "./access.ts";
import { cachedFile, readText } from "./cached-file.ts";
import { execCredentials, readExec } from "./exec-credential.ts";

/** Which files and which of their contexts. */
export interface KubeconfigOptions {
  /** `--kubeconfig`. */
  readonly file?: string | undefined;
  /** `--context`; the files' current one when absent. */
  readonly context?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** The access that the files describe; rejects with {@link AccessUnavailable}. */
export async function kubeconfigAccess(options: KubeconfigOptions): Promise<Access> {
  const merged = merge(await readFiles(options));
  const name = options.context ?? merged.current;
  if (name === undefined) throw new AccessUnavailable("kubeconfig: there is no current-context; name one.");
  const context = entry(merged, "context", name);
  const cluster = entry(merged, "cluster", text(context, "cluster") ?? "");
  const userName = text(context, "user");
  const user = userName === undefined ? {} : entry(merged, "user", userName);
  const server = text(cluster, "server");
  if (server === undefined) throw new AccessUnavailable(`kubeconfig: the cluster of context "${name}" has no server.`);
  const serverName = text(cluster, "tls-server-name");
  const proxy = text(cluster, "proxy-url");
  return {
    server: server.replace(/\/+$/, ""),
    ...(serverName === undefined ? {} : { serverName }),
    ...(cluster["insecure-skip-tls-verify"] === true ? { insecure: true } : {}),
    ...(proxy === undefined ? {} : { proxy }),
    namespace: text(context, "namespace") ?? "default",
    credentials: credentialsOf(user, cluster),
  };
}

interface Merged {
  readonly current: string | undefined;
  readonly entries: ReadonlyMap<string, Fields>;
}

async function readFiles({ file, env }: KubeconfigOptions): Promise<readonly Fields[]> {
  if (file !== undefined) return [await readFile(file)];
  const paths = (env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  if (paths.length === 0) return [await readFile(join(env["HOME"] || homedir(), ".kube", "config"))];
  const read = await Promise.allSettled(paths.map(readFile));
  const good = read.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  // As kubectl has it: a file of the list that is not there is passed over.
  const failed = read.find((result) => result.status === "rejected");
  if (good.length === 0 && failed) throw failed.reason;
  return good;
}

async function readFile(path: string): Promise<Fields> {
  const content = await readText(path, "kubeconfig");
  try {
    return anchored(fieldsOf(load(content)), dirname(resolve(path)));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new AccessUnavailable(`kubeconfig: ${path} is not YAML (${error.reason}).`, { cause: error });
  }
}

const pathFields = ["certificate-authority", "client-certificate", "client-key", "tokenFile"] as const;

/** The same file with its paths made absolute. */
function anchored(file: Fields, directory: string): Fields {
  const absolute = (fields: Fields): Fields => {
    const paths = pathFields.flatMap((name) => {
      const path = text(fields, name);
      return path === undefined ? [] : [[name, resolve(directory, path)] as const];
    });
    const exec = fieldsOf(fields["exec"]);
    const command = text(exec, "command");
    const located = command?.includes("/") ? { exec: { ...exec, command: resolve(directory, command) } } : {};
    return { ...fields, ...Object.fromEntries(paths), ...located };
  };
  const inside = (kind: string) =>
    list(file, `${kind}s`).map((each) => ({ ...each, [kind]: absolute(fieldsOf(each[kind])) }));
  return { ...file, clusters: inside("cluster"), users: inside("user") };
}

function merge(files: readonly Fields[]): Merged {
  const entries = new Map<string, Fields>();
  for (const file of files) {
    for (const kind of ["cluster", "context", "user"]) {
      for (const each of list(file, `${kind}s`)) {
        const key = `${kind} ${String(each["name"])}`;
        if (!entries.has(key)) entries.set(key, fieldsOf(each[kind]));
      }
    }
  }
  return { current: files.map((file) => text(file, "current-context")).find((name) => name !== undefined), entries };
}

function entry({ entries }: Merged, kind: string, name: string): Fields {
  const found = entries.get(`${kind} ${name}`);
  if (!found) throw new AccessUnavailable(`kubeconfig: there is no ${kind} "${name}".`);
  return found;
}

function credentialsOf(user: Fields, cluster: Fields): Credentials {
  const authority = pem(cluster, "certificate-authority", "the certificate authority");
  const ca = async () => {
    const value = await authority.text();
    return value === undefined ? {} : { ca: value };
  };
  if (user["exec"] !== undefined) return execCredentials(readExec(fieldsOf(user["exec"]), clusterInfo(cluster)), ca);
  if (user["auth-provider"] !== undefined) {
    throw new AccessUnavailable("kubeconfig: auth-provider is not supported any more; use an exec plugin.");
  }
  const header = authorization(user);
  const chain = pem(user, "client-certificate", "the client's certificate");
  const key = pem(user, "client-key", "the client's key");
  const certificate = async (): Promise<Pick<Identity, "certificate">> => {
    const [c, k] = [await chain.text(), await key.text()];
    return c === undefined || k === undefined ? {} : { certificate: { chain: c, key: k } };
  };
  return {
    current: async () => ({ ...(await header.current()), ...(await certificate()), ...(await ca()) }),
    refused() {
      for (const part of [header, authority, chain, key]) part.drop();
    },
  };
}

interface Header {
  current(): Promise<Pick<Identity, "authorization">>;
  drop(): void;
}

/** A token file wins over a token, as kubectl has it. */
function authorization(user: Fields): Header {
  const path = text(user, "tokenFile");
  const file = path === undefined ? undefined : cachedFile(path, "kubeconfig's token");
  const token = text(user, "token");
  const name = text(user, "username");
  const basic = `${name}:${text(user, "password") ?? ""}`;
  return {
    async current() {
      if (file) return { authorization: `Bearer ${(await file.text()).trim()}` };
      if (token !== undefined) return { authorization: `Bearer ${token}` };
      return name === undefined ? {} : { authorization: `Basic ${Buffer.from(basic).toString("base64")}` };
    },
    drop: () => file?.drop(),
  };
}

interface Pem {
  text(): Promise<string | undefined>;
  drop(): void;
}

/** `name-data` holds it in base64, or `name` says where it is. */
function pem(fields: Fields, name: string, what: string): Pem {
  const data = text(fields, `${name}-data`);
  if (data !== undefined) {
    const decoded = Buffer.from(data, "base64").toString("utf8");
    return { text: async () => decoded, drop: () => undefined };
  }
  const path = text(fields, name);
  return path === undefined ? { text: async () => undefined, drop: () => undefined } : cachedFile(path, what);
}

function clusterInfo(cluster: Fields): Fields {
  const { server, "tls-server-name": serverName, "insecure-skip-tls-verify": insecure, "proxy-url": proxy } = cluster;
  return {
    server,
    "tls-server-name": serverName,
    "insecure-skip-tls-verify": insecure,
    "proxy-url": proxy,
    "certificate-authority-data": cluster["certificate-authority-data"],
  };
}
