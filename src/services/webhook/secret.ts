/**
 * The Secret in which replicas of the webhook share their authorities. It is only changed from the version that was
 * read: of several replicas that find a new authority due, one writes and the others take what it wrote.
 */

import { type Fields, fieldsOf } from "#base/fields.ts";
import type { Log } from "#base/log.ts";
import type { Client } from "../../control/kube/client.ts";
import { ApiFailure } from "../../control/kube/failure.ts";
import { collectionPath, objectPath, secrets } from "../../control/kube/resource.ts";
import { type Lifetimes, readAuthorities, renewAuthorities, writeAuthorities } from "./authorities.ts";
import type { Identity } from "./certificate.ts";

/** Where the Secret is, and how it is kept. */
export interface SecretOptions {
  readonly client: Client;
  readonly namespace: string;
  readonly name: string;
  readonly lifetimes: Lifetimes;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const mostAttempts = 5;

/** The authorities as they should be at this time, read from the Secret and written to it where they were not. */
export async function sharedAuthorities(options: SecretOptions, now: number): Promise<readonly Identity[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptShared(options, now);
    } catch (error) {
      const wasLate = error instanceof ApiFailure && (error.status === 409 || error.status === 404);
      if (!wasLate || attempt === mostAttempts) throw error;
    }
  }
}

async function attemptShared(options: SecretOptions, now: number): Promise<readonly Identity[]> {
  const { client, namespace, name, lifetimes, log, signal } = options;
  const known = await readSecret(options);
  const written = known && readAuthorities(textsOf(known));
  if (known && written === undefined)
    log("warning", `Secret ${namespace}/${name} is not what was written; it is replaced`);
  const authorities = await renewAuthorities(written ?? [], now, lifetimes);
  if (written && sameAuthorities(authorities, written)) return authorities;
  const data = dataOf(authorities);
  if (known) {
    await client.ask({ method: "PUT", path: path(options), body: { ...known, data }, signal });
  } else {
    const metadata = { name, namespace, labels };
    const body = { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data };
    await client.ask({ method: "POST", path: collectionPath(secrets, namespace), body, signal });
  }
  log("info", `a new authority of certificates is in Secret ${namespace}/${name}`);
  return authorities;
}

const labels = { "app.kubernetes.io/name": "dragoman", "app.kubernetes.io/component": "webhook" };

async function readSecret(options: SecretOptions): Promise<Fields | undefined> {
  try {
    return fieldsOf(await options.client.ask({ path: path(options), signal: options.signal, attempts: 3 }));
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 404) return undefined;
    throw error;
  }
}

function path({ namespace, name }: SecretOptions): string {
  return objectPath(secrets, { namespace, name });
}

const fields = { certificates: "ca.crt", keys: "ca.key" } as const;

function textsOf(secret: Fields) {
  const data = fieldsOf(secret["data"]);
  const decode = (field: string): string => Buffer.from(String(data[field] ?? ""), "base64").toString("utf8");
  return { certificates: decode(fields.certificates), keys: decode(fields.keys) };
}

function dataOf(authorities: readonly Identity[]): Readonly<Record<string, string>> {
  const { certificates, keys } = writeAuthorities(authorities);
  const encode = (text: string): string => Buffer.from(text).toString("base64");
  return { [fields.certificates]: encode(certificates), [fields.keys]: encode(keys) };
}

function sameAuthorities(a: readonly Identity[], b: readonly Identity[]): boolean {
  return a.length === b.length && a.every(({ certificate }, index) => certificate === b[index]?.certificate);
}
