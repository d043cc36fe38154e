/**
 * Credentials from a program (`exec` of a kubeconfig, client.authentication.k8s.io/v1 and v1beta1), as cloud providers
 * have them: the program is run when its last answer has expired or was refused, never twice at once.
 */
import { execFile } from "node:child_process";
import { type Fields, fieldsOf, list, text, valueOfJson } from "#base/fields.ts";
import { AccessUnavailable, type Credentials, type Identity } from "./access.ts";

const timeoutMs = 60_000;
const maxBytes = 1 << 20;
/** An answer is not used until its last second. */
const earlyMs = 30_000;

/** What a kubeconfig says of the program. */
export interface ExecCommand {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What to tell a user who does not have it. */
  readonly installHint?: string;
  /** Content of KUBERNETES_EXEC_INFO's `spec.cluster`, where the program wants it. */
  readonly cluster?: Fields;
}

const apiVersions: ReadonlySet<string> = new Set(["v1", "v1beta1"].map((v) => `client.authentication.k8s.io/${v}`));

/** Reads the `exec` of a user; `directory` is where its relative command is. */
export function readExec(exec: Fields, cluster: Fields): ExecCommand {
  const apiVersion = text(exec, "apiVersion") ?? "";
  if (!apiVersions.has(apiVersion)) {
    throw new AccessUnavailable(`kubeconfig: exec has apiVersion "${apiVersion}", which is neither v1 nor v1beta1.`);
  }
  const env = list(exec, "env").map((entry) => [text(entry, "name") ?? "", text(entry, "value") ?? ""] as const);
  const args = exec["args"];
  const installHint = text(exec, "installHint");
  return {
    apiVersion,
    command: text(exec, "command") ?? "",
    args: Array.isArray(args) ? args.map(String) : [],
    env: Object.fromEntries(env),
    ...(installHint === undefined ? {} : { installHint }),
    ...(exec["provideClusterInfo"] === true ? { cluster } : {}),
  };
}

/** Credentials that the program gives; `ca` comes from the cluster's entry. */
export function execCredentials(exec: ExecCommand, ca: () => Promise<Pick<Identity, "ca">>): Credentials {
  let known: Promise<Answer> | undefined;
  let expires = 0;

  function answer(): Promise<Answer> {
    if (known && Date.now() < expires - earlyMs) return known;
    expires = Number.POSITIVE_INFINITY;
    known = run(exec).then(
      (fresh) => {
        expires = fresh.expires;
        return fresh;
      },
      (error: unknown) => {
        known = undefined;
        throw error;
      },
    );
    return known;
  }

  return {
    current: async () => ({ ...(await answer()).identity, ...(await ca()) }),
    refused() {
      known = undefined;
    },
  };
}

interface Answer {
  readonly identity: Identity;
  /** Ms since 1970. */
  readonly expires: number;
}

async function run(exec: ExecCommand): Promise<Answer> {
  const output = await new Promise<string>((resolve, reject) => {
    const spec = { interactive: false, ...(exec.cluster ? { cluster: exec.cluster } : {}) };
    const info = JSON.stringify({ apiVersion: exec.apiVersion, kind: "ExecCredential", spec });
    const env = { ...process.env, ...exec.env, KUBERNETES_EXEC_INFO: info };
    const options = { env, timeout: timeoutMs, maxBuffer: maxBytes };
    const child = execFile(exec.command, [...exec.args], options, (error, stdout) => {
      if (error) reject(new AccessUnavailable(failure(exec, error), { cause: error }));
      else resolve(stdout);
    });
    child.stdin?.end();
  });
  return readAnswer(exec, output);
}

/** The program's own output is not quoted: it may hold a token. */
function failure({ command, installHint }: ExecCommand, error: Error): string {
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOENT") {
    const hint = installHint === undefined ? "" : ` ${installHint.trim()}`;
    return `kubeconfig: the program "${command}" that gives credentials is not installed.${hint}`;
  }
  return `kubeconfig: the program "${command}" that gives credentials failed (${code ?? "it took too long"}).`;
}

function readAnswer({ command }: ExecCommand, output: string): Answer {
  const status = fieldsOf(fieldsOf(valueOfJson(output))["status"]);
  const token = text(status, "token");
  const chain = text(status, "clientCertificateData");
  const key = text(status, "clientKeyData");
  if (token === undefined && (chain === undefined || key === undefined)) {
    throw new AccessUnavailable(`kubeconfig: the program "${command}" gave neither a token nor a certificate.`);
  }
  const expires = Date.parse(text(status, "expirationTimestamp") ?? "");
  return {
    identity: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(chain === undefined || key === undefined ? {} : { certificate: { chain, key } }),
    },
    expires: Number.isNaN(expires) ? Number.POSITIVE_INFINITY : expires,
  };
}
