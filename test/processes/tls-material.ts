/** Certificates of a small organisation, made for one test: its authorities, and files that they are written to. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TlsPaths } from "../../src/base/tls-files.ts";
import { type Identity, keyPem, makeIdentity, pem } from "../../tools/x509/certificate.ts";

/** An authority of this name. */
export function authority(name: string): Identity {
  return makeIdentity({ name, isAuthority: true });
}

/** Writes a certificate of an issuer for these names, its key, and whom its holder trusts; each file at once. */
export async function writeTls(
  directory: string,
  issuer: Identity,
  names: readonly string[],
  trusted: readonly Identity[] = [issuer],
): Promise<TlsPaths> {
  await mkdir(directory, { recursive: true });
  const identity = makeIdentity({ name: names[0] ?? "nobody", dnsNames: names, issuer });
  const put = async (name: string, text: string): Promise<string> => {
    const path = join(directory, name);
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    await rename(`${path}.new`, path);
    return path;
  };
  return {
    certificate: await put("tls.crt", pem("CERTIFICATE", identity.certificate)),
    key: await put("tls.key", keyPem(identity.key)),
    authorities: await put("ca.crt", trusted.map(({ certificate }) => pem("CERTIFICATE", certificate)).join("")),
  };
}
