/**
 * What a cluster's programs read at their start: certificates, the service accounts' key, the administrator's token.
 * Made anew for every cluster, in a directory that only this user can enter.
 */
import { createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Identity, keyPem, makeIdentity, pem } from "../../tools/x509/certificate.ts";

/** Paths, and what tests need of their contents. */
export interface ClusterFiles {
  readonly directory: string;
  readonly authority: string;
  readonly serverCertificate: string;
  readonly serverKey: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  readonly tokens: string;
  readonly adminToken: string;
  /** Signs whoever shall be known to the API server by a certificate. */
  readonly issuer: Identity;
  /** Signs the tokens of service accounts. */
  readonly tokenSigner: KeyObject;
  readonly etcdClient: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** Writes them. */
export async function writeClusterFiles(): Promise<ClusterFiles> {
  const directory = await mkdtemp(join(tmpdir(), "dragoman-kube-"));
  const issuer = makeIdentity({ name: "dragoman-test-authority", isAuthority: true });
  const server = makeIdentity({
    name: "kube-apiserver",
    dnsNames: ["127.0.0.1", "localhost", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"],
    issuer,
  });
  const tokenSigner = makeIdentity({ name: "service-accounts" }).key;
  const publicKey = createPublicKey(tokenSigner).export({ type: "spki", format: "pem" });
  const adminToken = randomBytes(24).toString("base64url");
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(directory, name), text, { mode: 0o600 });
    return join(directory, name);
  };
  const [ca, cert, key] = [
    pem("CERTIFICATE", issuer.certificate),
    pem("CERTIFICATE", server.certificate),
    keyPem(server.key),
  ];
  return {
    directory,
    authority: await write("ca.crt", ca),
    serverCertificate: await write("server.crt", cert),
    serverKey: await write("server.key", key),
    serviceAccountKey: await write("service-accounts.key", keyPem(tokenSigner)),
    serviceAccountPublicKey: await write("service-accounts.pub", publicKey.toString()),
    tokens: await write("tokens.csv", `${adminToken},admin,admin,"system:masters"\n`),
    adminToken,
    issuer,
    tokenSigner,
    etcdClient: { ca, cert, key },
  };
}
