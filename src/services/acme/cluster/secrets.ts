/**
 * The Secrets of accounts and certificates, as Edge Stack wrote them: `user.key`, or `tls.crt` and `tls.key`, owned by
 * the Hosts that they are for. They are changed from the version that was read, and nobody else's are replaced. One
 * that was read or written is not asked for again before the watch shows that it is another one.
 */
import { type Fields, fieldsOf, list, text } from "#base/fields.ts";
import type { Client } from "../../../control/kube/client.ts";
import { type ApiResource, collectionPath, objectPath } from "../../../control/kube/resource.ts";
import type { SecretName } from "../acme-host.ts";
import type { StoredTexts } from "../desk.ts";
import type { Issued } from "../order.ts";
import { find, keep } from "./keeping.ts";

/** A Host as an owner. */
export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Reads and writes them. */
export interface Secrets {
  readAccount(at: SecretName): Promise<{ readonly key?: string } | undefined>;
  /** One that is there stays. */
  createAccount(at: SecretName, key: string, owner: Owner): Promise<void>;
  /** The account is one more Host's, too, if it is ours. */
  shareAccount(at: SecretName, owner: Owner): Promise<void>;
  readCertificate(at: SecretName): Promise<StoredTexts | undefined>;
  writeCertificate(at: SecretName, issued: Issued, owners: readonly Owner[]): Promise<void>;
}

const secrets: ApiResource = { group: "", version: "v1", plural: "secrets", kind: "Secret", namespaced: true };

/** Of an account: it stays while one of them does, and is made anew for those that are left. */
const mostOwners = 10;
const certificateType = "kubernetes.io/tls";
/** With it somebody asks for the revocation of a certificate, and for another one; the value is the reason. */
const revokeAnnotation = "dragoman.io/revoke";

/** A Secret, or that there is none, as it is as long as the watch shows that, or for a moment what it showed before. */
interface Known {
  readonly secret: Fields | undefined;
  readonly before: string | undefined;
  readonly until: number;
}

/** So long a watch may lag behind. */
const lagMs = 2000;
const mostKnown = 5000;

/** Opens them; `watched` is the version of one that the watch shows. */
export function openSecrets(
  client: Client,
  watched: (at: SecretName) => string | undefined,
  signal: AbortSignal,
): Secrets {
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<Fields | undefined>>();
  const title = ({ namespace, name }: SecretName): string => `Secret ${namespace}/${name}`;

  /** What comes of a request is known from then on. */
  async function noting<T extends Fields | undefined>(at: SecretName, request: () => Promise<T>): Promise<T> {
    const before = watched(at);
    known.delete(title(at));
    const secret = await request();
    if (known.size >= mostKnown) known.clear();
    known.set(title(at), { secret, before, until: performance.now() + lagMs });
    return secret;
  }

  const ask = (at: SecretName): Promise<Fields | undefined> =>
    noting(at, () => find(client, `${title(at)} cannot be read`, { path: objectPath(secrets, at), signal }));

  async function read(at: SecretName): Promise<Fields | undefined> {
    const last = known.get(title(at));
    const now = watched(at);
    const isBehind = last !== undefined && now === last.before && performance.now() < last.until;
    if (last && (isBehind || now === versionOf(last.secret))) return last.secret;
    // Many Hosts ask for the same account at the same time.
    const key = `${title(at)} ${now}`;
    const asked = asking.get(key) ?? ask(at).finally(() => asking.delete(key));
    asking.set(key, asked);
    return asked;
  }

  function create(at: SecretName, rest: Fields, owners: readonly Owner[]): Promise<Fields> {
    const metadata = { namespace: at.namespace, name: at.name, ownerReferences: owners };
    const body = { apiVersion: "v1", kind: "Secret", metadata, ...rest };
    const path = collectionPath(secrets, at.namespace);
    return noting(at, () => keep(client, `${title(at)} cannot be created`, { method: "POST", path, body, signal }));
  }

  function replace(at: SecretName, body: Fields): Promise<Fields> {
    const path = objectPath(secrets, at);
    return noting(at, () => keep(client, `${title(at)} cannot be written`, { method: "PUT", path, body, signal }));
  }

  return {
    async readAccount(at) {
      const found = await read(at);
      if (!found) return undefined;
      const key = decoded(found, "user.key");
      return key === undefined ? {} : { key };
    },
    async createAccount(at, key, owner) {
      if (await ask(at)) return;
      await create(at, { type: "Opaque", data: { "user.key": encode(key) } }, [owner]);
    },
    async shareAccount(at, owner) {
      const found = await read(at);
      const owners = found ? ownersOf(found) : [];
      if (!found || !isOurs(found) || owners.length >= mostOwners) return;
      if (owners.some(({ uid }) => uid === owner.uid)) return;
      await replace(at, withOwners(found, [owner]));
    },
    async readCertificate(at) {
      const found = await read(at);
      const texts = { chain: decoded(found ?? {}, "tls.crt") ?? "", key: decoded(found ?? {}, "tls.key") ?? "" };
      const type = text(found ?? {}, "type");
      const obstacle = `${title(at)} is of type ${type} and is not replaced by a certificate`;
      const isOther = !isOurs(found ?? {});
      const revoke = text(annotationsOf(found ?? {}), revokeAnnotation);
      return (
        found && {
          ...texts,
          isOthers: isOther,
          ...(revoke === undefined ? {} : { revoke }),
          ...(isOther && type !== certificateType ? { obstacle } : {}),
        }
      );
    },
    async writeCertificate(at, { chain, key }, owners) {
      const data = { "tls.crt": encode(chain), "tls.key": encode(key) };
      const found = await ask(at);
      if (!found) return void (await create(at, { type: certificateType, data }, owners));
      await replace(at, withOwners({ ...obeyed(found), data: { ...fieldsOf(found["data"]), ...data } }, owners));
    },
  };
}

const versionOf = (secret: Fields | undefined): string | undefined =>
  text(fieldsOf(secret?.["metadata"]), "resourceVersion");

function ownersOf(secret: Fields): readonly Fields[] {
  return list(fieldsOf(secret["metadata"]), "ownerReferences");
}

const isOurs = (secret: Fields): boolean => ownersOf(secret).some(({ kind }) => kind === "Host");

function withOwners(secret: Fields, owners: readonly Owner[]): Fields {
  const before = ownersOf(secret);
  const fresh = owners.filter(({ uid }) => !before.some((one) => one["uid"] === uid));
  return { ...secret, metadata: { ...fieldsOf(secret["metadata"]), ownerReferences: [...before, ...fresh] } };
}

const annotationsOf = (secret: Fields): Fields => fieldsOf(fieldsOf(secret["metadata"])["annotations"]);

/** Without what was asked for of the certificate that was there. */
function obeyed(secret: Fields): Fields {
  const { [revokeAnnotation]: _, ...annotations } = annotationsOf(secret);
  return { ...secret, metadata: { ...fieldsOf(secret["metadata"]), annotations } };
}

function decoded(secret: Fields, key: string): string | undefined {
  const value = text(fieldsOf(secret["data"]), key);
  return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
}

const encode = (plain: string): string => Buffer.from(plain).toString("base64");
