import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { keyPem, makeIdentity, pem } from "../../tools/x509/certificate.ts";
import { readTlsFiles, type TlsPaths, type TlsTexts, watchTlsFiles } from "./tls-files.ts";

const authority = makeIdentity({ name: "authority", isAuthority: true });
const [one, two] = ["one", "two"].map((name) => makeIdentity({ name, issuer: authority, dnsNames: [name] }));
let directory: string;
let paths: TlsPaths;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "dragoman-tls-"));
  const [certificate = "", key = "", authorities = ""] = ["tls.crt", "tls.key", "ca.crt"].map((name) =>
    join(directory, name),
  );
  paths = { certificate, key, authorities };
  await writeFile(authorities, pem("CERTIFICATE", authority.certificate));
});
after(() => rm(directory, { recursive: true }));

async function put(certificate: typeof one, key = certificate): Promise<void> {
  assert.ok(certificate && key);
  await writeFile(paths.certificate, pem("CERTIFICATE", certificate.certificate));
  await writeFile(paths.key, keyPem(key.key));
}

test("files that do not fit together are refused in a sentence", async () => {
  await put(one, two);
  await assert.rejects(readTlsFiles(paths), /^UnusableTlsFiles: the key in .*tls\.key is not that of .*tls\.crt$/);
  await assert.rejects(readTlsFiles({ ...paths, key: join(directory, "none") }), /there is no file .*none$/);
  await assert.rejects(readTlsFiles({ ...paths, key: paths.authorities }), /there is no private key in .*ca\.crt$/);
  await assert.rejects(readTlsFiles({ ...paths, key: directory }), /cannot be read \(EISDIR\)$/);
});

test("a replacement counts when all of it is there, and half of it is told once", async () => {
  await put(one);
  const said: string[] = [];
  const changes: TlsTexts[] = [];
  const watch = watchTlsFiles(paths, await readTlsFiles(paths), {
    onChange: (texts) => void changes.push(texts),
    log: (level, message) => void said.push(`${level} ${message.replaceAll(directory, "")}`),
  });
  await watch.look();
  assert.deepEqual(changes, []);
  await put(two, one);
  await watch.look();
  await watch.look();
  assert.deepEqual([changes.length, said.length], [0, 1]);
  await put(two);
  await watch.look();
  watch.close();
  assert.deepEqual(
    changes.map(({ key }) => key === (two && keyPem(two.key))),
    [true],
  );
  assert.deepEqual(said, [
    "warning the key in /tls.key is not that of the certificate in /tls.crt; connections go on with what was there before",
    "info the certificate has been replaced",
  ]);
});
