/**
 * Hands the certificate of an Envoy, and the authorities that it trusts, to that Envoy: as SDS resources in files of the
 * runtime directory, which are replaced as a whole whenever the operator's files have been.
 */
import { rename, writeFile } from "node:fs/promises";
import { errorFields, type Log } from "#base/log.ts";
import type { RuntimeDirectory } from "#base/runtime-directory.ts";
import { type TlsPaths, type TlsTexts, type TlsWatch, watchTlsFiles } from "#base/tls-files.ts";
import { secretNames } from "./remote-bootstrap.ts";

/** Writes the files, and again after each change. */
export async function keepCredentials(
  { xdsIdentityFile, xdsAuthoritiesFile }: RuntimeDirectory,
  paths: TlsPaths,
  texts: TlsTexts,
  log: Log,
): Promise<TlsWatch> {
  async function write({ certificate, key, authorities }: TlsTexts): Promise<void> {
    await put(xdsAuthoritiesFile, {
      name: secretNames.authorities,
      validation_context: { trusted_ca: { inline_string: authorities } },
    });
    await put(xdsIdentityFile, {
      name: secretNames.identity,
      tls_certificate: { certificate_chain: { inline_string: certificate }, private_key: { inline_string: key } },
    });
  }
  await write(texts);
  return watchTlsFiles(paths, texts, {
    log,
    onChange: (next) =>
      void write(next).catch((error: unknown) =>
        log("error", "Envoy cannot be given the replaced certificate", errorFields(error)),
      ),
  });
}

/** Envoy looks again when a file takes the place of another. */
async function put(path: string, secret: object): Promise<void> {
  const type = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
  await writeFile(`${path}.new`, JSON.stringify({ resources: [{ "@type": type, ...secret }] }), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
