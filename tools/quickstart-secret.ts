/**
 * Writes examples/quickstart/tls-secret.yaml: a Secret with a self-signed certificate made on this machine for the
 * quickstart's two host names, so that no private key is ever committed.
 * Leaves a file alone whose certificate is good for another week.
 */
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keyPem, makeIdentity, pem } from "./x509/certificate.ts";

/** The hosts of examples/quickstart. */
const quickstartHosts: readonly string[] = ["echo.localhost", "quote.localhost"];

const day = 24 * 60 * 60 * 1000;

/** Makes the file in a directory when it is missing or about to expire; returns its path. */
export function ensureQuickstartSecret(directory: string): string {
  const file = join(directory, "tls-secret.yaml");
  if (!isGood(file)) {
    const fresh = `${file}.${process.pid}.tmp`;
    writeFileSync(fresh, secretManifest(), { mode: 0o600 });
    renameSync(fresh, file);
  }
  return file;
}

function isGood(file: string): boolean {
  if (!existsSync(file)) return false;
  const certificate = /tls\.crt: (\S+)/.exec(readFileSync(file, "utf8"))?.[1];
  if (!certificate) return false;
  return new X509Certificate(Buffer.from(certificate, "base64")).validToDate.getTime() > Date.now() + 7 * day;
}

function secretManifest(): string {
  const identity = makeIdentity({
    name: "Dragoman quickstart",
    dnsNames: quickstartHosts,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 365 * day),
  });
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return [
    "# Made by tools/quickstart-secret.ts on this machine; not for use anywhere else.",
    "apiVersion: v1",
    "kind: Secret",
    "metadata:",
    "  name: quickstart-cert",
    "type: kubernetes.io/tls",
    "data:",
    `  tls.crt: ${base64(pem("CERTIFICATE", identity.certificate))}`,
    `  tls.key: ${base64(keyPem(identity.key))}`,
    "",
  ].join("\n");
}

if (import.meta.main) ensureQuickstartSecret(join(import.meta.dirname, "..", "examples", "quickstart"));
