/**
 * What a run without a cluster keeps of its certificates, in a directory that only its owner can enter: accounts with
 * their keys, certificates with theirs, failures. Files are replaced as a whole, so that one is old or new and never
 * half; one process at a time has the directory.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "#base/error-code.ts";
import { fieldsOf, valueOfJson } from "#base/fields.ts";
import { releaseLock, takeLock } from "#base/lock-file.ts";

/** An account, as soon as its key is there. */
export interface StoredAccount {
  /** PKCS#8 PEM. */
  readonly key: string;
  /** As a Host's `registration` has it. */
  readonly registration?: string;
}

/** A certificate with its key, and what became of the last attempt to get another. */
export interface StoredBundle {
  readonly chain?: string;
  readonly key?: string;
  readonly failure?: { readonly reason: string; readonly at: number; readonly backOffMs: number };
  /** What the failure is about. */
  readonly attempt?: string;
}

/** A directory of accounts and certificates. */
export interface AcmeStore {
  account(name: string): Promise<StoredAccount | undefined>;
  writeAccount(name: string, account: StoredAccount): Promise<void>;
  bundle(key: string): Promise<StoredBundle | undefined>;
  writeBundle(key: string, bundle: StoredBundle): Promise<void>;
  /** Lets another process have it. */
  close(): Promise<void>;
}

/** Opens a directory, which is made when it is not there; undefined when another process has it. */
export async function openStore(directory: string): Promise<AcmeStore | undefined> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = join(directory, "lock");
  if (!(await takeLock(lock))) return undefined;
  // Names come from manifests and are no paths.
  const fileOf = (kind: string, name: string): string =>
    join(directory, `${kind}-${createHash("sha256").update(name).digest("hex").slice(0, 32)}.json`);
  return {
    account: async (name) => readAccount(await read(fileOf("account", name))),
    writeAccount: (name, account) => write(fileOf("account", name), { name, ...account }),
    bundle: async (key) => readBundle(await read(fileOf("certificate", key))),
    writeBundle: (key, bundle) => write(fileOf("certificate", key), { name: key, ...bundle }),
    close: () => releaseLock(lock),
  };
}

/** All certificates in a directory, by key; none where there is no directory. */
export async function storedBundles(directory: string): Promise<ReadonlyMap<string, StoredBundle>> {
  const found = new Map<string, StoredBundle>();
  for (const file of await filesOf(directory)) {
    const fields = await read(join(directory, file));
    const bundle = readBundle(fields);
    if (bundle && typeof fields?.["name"] === "string") found.set(fields["name"], bundle);
  }
  return found;
}

async function filesOf(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((file) => /^certificate-\w+\.json$/.test(file)).sort();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

function readAccount(fields: Fields | undefined): StoredAccount | undefined {
  const { key, registration } = fields ?? {};
  if (typeof key !== "string") return undefined;
  return { key, ...(typeof registration === "string" ? { registration } : {}) };
}

function readBundle(fields: Fields | undefined): StoredBundle | undefined {
  if (!fields) return undefined;
  const { chain, key, attempt } = fields;
  const { reason, at, backOffMs } = fieldsOf(fields["failure"]);
  const isFailure = typeof reason === "string" && typeof at === "number" && typeof backOffMs === "number";
  return {
    ...(typeof chain === "string" ? { chain } : {}),
    ...(typeof key === "string" ? { key } : {}),
    ...(typeof attempt === "string" ? { attempt } : {}),
    ...(isFailure ? { failure: { reason, at, backOffMs } } : {}),
  };
}

type Fields = Readonly<Record<string, unknown>>;

async function read(path: string): Promise<Fields | undefined> {
  try {
    return fieldsOf(valueOfJson(await readFile(path, "utf8")));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function write(path: string, content: object): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  {
    await using file = await open(temporary, "w", 0o600);
    await file.chmod(0o600);
    await file.writeFile(JSON.stringify(content));
    await file.sync();
  }
  await rename(temporary, path);
}
