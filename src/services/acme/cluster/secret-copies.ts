/**
 * Secrets as an API server has them: one that was read or written is not asked for again before the watch shows that it
 * is another one.
 */
import { type Fields, fieldsOf, text } from "#base/fields.ts";
import type { Client } from "../../../control/kube/client.ts";
import { collectionPath, objectPath, secrets } from "../../../control/kube/resource.ts";
import type { SecretName } from "../acme-host.ts";
import { find, keep } from "./keeping.ts";

/** A Host as an owner. */
export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Reads and writes Secrets. */
export interface SecretCopies {
  /** As it was last seen. */
  read(at: SecretName): Promise<Fields | undefined>;
  /** As it is. */
  ask(at: SecretName): Promise<Fields | undefined>;
  create(at: SecretName, rest: Fields, owners: readonly Owner[]): Promise<Fields>;
  /** Fails when it is another one than the body was made from. */
  replace(at: SecretName, body: Fields): Promise<Fields>;
}

/** A Secret, or that there is none, as it is as long as the watch shows that, or for a moment what it showed before. */
interface Known {
  readonly secret: Fields | undefined;
  readonly before: string | undefined;
  readonly until: number;
}

/** So long a watch may lag behind. */
const lagMs = 2000;
const mostKnown = 5000;

/** What is known of Secrets, and how more is learnt. */
interface CopyState {
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly watched: (at: SecretName) => string | undefined;
  /** By name. */
  readonly known: Map<string, Known>;
  /** What is being asked for, by name and by the version that the watch shows. */
  readonly asking: Map<string, Promise<Fields | undefined>>;
}

/** Opens them; `watched` is the version of one that the watch shows. */
export function openSecretCopies(
  client: Client,
  watched: (at: SecretName) => string | undefined,
  signal: AbortSignal,
): SecretCopies {
  const state: CopyState = { client, signal, watched, known: new Map(), asking: new Map() };
  return {
    read: (at) => read(state, at),
    ask: (at) => ask(state, at),
    create(at, rest, owners) {
      const metadata = { namespace: at.namespace, name: at.name, ownerReferences: owners };
      const body = { apiVersion: "v1", kind: "Secret", metadata, ...rest };
      const path = collectionPath(secrets, at.namespace);
      const doing = `${secretTitle(at)} cannot be created`;
      return noting(state, at, () => keep(client, doing, { method: "POST", path, body, signal }));
    },
    replace(at, body) {
      const path = objectPath(secrets, at);
      const doing = `${secretTitle(at)} cannot be written`;
      return noting(state, at, () => keep(client, doing, { method: "PUT", path, body, signal }));
    },
  };
}

/** A Secret in words. */
export function secretTitle({ namespace, name }: SecretName): string {
  return `Secret ${namespace}/${name}`;
}

async function read(state: CopyState, at: SecretName): Promise<Fields | undefined> {
  const { known, asking, watched } = state;
  const last = known.get(secretTitle(at));
  const now = watched(at);
  const isBehind = last !== undefined && now === last.before && performance.now() < last.until;
  if (last && (isBehind || now === versionOf(last.secret))) return last.secret;
  // Many Hosts ask for the same account at the same time.
  const key = `${secretTitle(at)} ${now}`;
  const asked = asking.get(key) ?? ask(state, at).finally(() => asking.delete(key));
  asking.set(key, asked);
  return asked;
}

function ask(state: CopyState, at: SecretName): Promise<Fields | undefined> {
  const { client, signal } = state;
  const doing = `${secretTitle(at)} cannot be read`;
  return noting(state, at, () => find(client, doing, { path: objectPath(secrets, at), signal }));
}

/** What comes of a request is known from then on. */
async function noting<T extends Fields | undefined>(
  { known, watched }: CopyState,
  at: SecretName,
  request: () => Promise<T>,
): Promise<T> {
  const before = watched(at);
  known.delete(secretTitle(at));
  const secret = await request();
  if (known.size >= mostKnown) known.clear();
  known.set(secretTitle(at), { secret, before, until: performance.now() + lagMs });
  return secret;
}

const versionOf = (secret: Fields | undefined): string | undefined =>
  text(fieldsOf(secret?.["metadata"]), "resourceVersion");
