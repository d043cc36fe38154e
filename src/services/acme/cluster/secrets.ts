/**
 * The Secrets of accounts and certificates, as Edge Stack wrote them: `user.key`, or `tls.crt` and `tls.key`, owned by
 * the Hosts that they are for. They are changed from the version that was read, and nobody else's are replaced.
 */
import { type Fields, fieldsOf, list, text } from "#base/fields.ts";
import type { Client } from "../../../control/kube/client.ts";
import type { SecretName } from "../acme-host.ts";
import type { StoredTexts } from "../desk.ts";
import type { Issued } from "../order.ts";
import { type Owner, openSecretCopies, secretTitle } from "./secret-copies.ts";

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

/** Of an account: it stays while one of them does, and is made anew for those that are left. */
const mostOwners = 10;
const certificateType = "kubernetes.io/tls";
/** With it somebody asks for the revocation of a certificate, and for another one; the value is the reason. */
const revokeAnnotation = "dragoman.io/revoke";

/** Opens them; `watched` is the version of one that the watch shows. */
export function openSecrets(
  client: Client,
  watched: (at: SecretName) => string | undefined,
  signal: AbortSignal,
): Secrets {
  const copies = openSecretCopies(client, watched, signal);
  return {
    async readAccount(at) {
      const found = await copies.read(at);
      if (!found) return undefined;
      const key = decoded(found, "user.key");
      return key === undefined ? {} : { key };
    },
    async createAccount(at, key, owner) {
      if (await copies.ask(at)) return;
      await copies.create(at, { type: "Opaque", data: { "user.key": encode(key) } }, [owner]);
    },
    async shareAccount(at, owner) {
      const found = await copies.read(at);
      const owners = found ? ownersOf(found) : [];
      if (!found || !isOurs(found) || owners.length >= mostOwners) return;
      if (owners.some(({ uid }) => uid === owner.uid)) return;
      await copies.replace(at, withOwners(found, [owner]));
    },
    async readCertificate(at) {
      const found = await copies.read(at);
      const texts = { chain: decoded(found ?? {}, "tls.crt") ?? "", key: decoded(found ?? {}, "tls.key") ?? "" };
      const type = text(found ?? {}, "type");
      const obstacle = `${secretTitle(at)} is of type ${type} and is not replaced by a certificate`;
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
      const found = await copies.ask(at);
      if (!found) return void (await copies.create(at, { type: certificateType, data }, owners));
      await copies.replace(at, withOwners({ ...obeyed(found), data: { ...fieldsOf(found["data"]), ...data } }, owners));
    },
  };
}

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
