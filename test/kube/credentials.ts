/**
 * Who somebody is to a cluster's API server, and the kubeconfig files that say so.
 */
import { sign } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keyPem, makeIdentity, pem } from "../../tools/x509/certificate.ts";
import { tokenIssuer } from "./api-server.ts";
import type { ClusterFiles } from "./cluster-files.ts";

/** A bearer token, or the file that it is read from, or a client certificate with its key, as PEM. */
export type Credentials =
  | { readonly token: string }
  | { readonly tokenFile: string }
  | { readonly certificate: string; readonly key: string };

/** A service account as the API server stores it. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** A certificate whose holder is this user in these groups. */
export function userCertificate(files: ClusterFiles, user: string, groups: readonly string[]): Credentials {
  const { certificate, key } = makeIdentity({ name: user, organizations: groups, issuer: files.issuer });
  return { certificate: pem("CERTIFICATE", certificate), key: keyPem(key) };
}

/** A token as the API server issues it, but good for as long as a test likes; in the past, it has expired. */
export function serviceAccountToken(files: ClusterFiles, account: ServiceAccount, lifetimeSeconds: number): string {
  const { namespace, name, uid } = account;
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: tokenIssuer,
    aud: [tokenIssuer],
    sub: `system:serviceaccount:${namespace}:${name}`,
    iat: now + Math.min(0, lifetimeSeconds),
    nbf: now + Math.min(0, lifetimeSeconds),
    exp: now + lifetimeSeconds,
    "kubernetes.io": { namespace, serviceaccount: { name, uid } },
  };
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const text = `${encode({ alg: "ES256", typ: "JWT" })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(text), { key: files.tokenSigner, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

/** What a kubeconfig file says besides who one is. */
export interface KubeconfigOptions {
  readonly server: string;
  readonly credentials: Credentials;
  /** The context's namespace; `default` when absent. */
  readonly namespace?: string;
}

/** Writes a kubeconfig file, readable by this user only, into the cluster's directory; returns its path. */
export async function writeKubeconfig(files: ClusterFiles, name: string, options: KubeconfigOptions): Promise<string> {
  const path = join(files.directory, `${name}.kubeconfig`);
  await writeFile(path, `${JSON.stringify(kubeconfig(files, options), undefined, 2)}\n`, { mode: 0o600 });
  return path;
}

function kubeconfig(files: ClusterFiles, { server, credentials, namespace = "default" }: KubeconfigOptions): unknown {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const user =
    "token" in credentials || "tokenFile" in credentials
      ? credentials
      : {
          "client-certificate-data": base64(credentials.certificate),
          "client-key-data": base64(credentials.key),
        };
  const name = "dragoman-test";
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server, "certificate-authority-data": base64(files.etcdClient.ca) } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    users: [{ name, user }],
  };
}
