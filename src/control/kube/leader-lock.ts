/**
 * Where it is written who leads: a Lease, or, for those who have no right to Leases, an annotation of a ConfigMap.
 * Both are changed only from the version that was read, so that two writers never both succeed.
 */

import { type Fields, fieldsOf, text, valueOfJson } from "#base/fields.ts";
import type { Client } from "./client.ts";
import { ApiFailure } from "./failure.ts";
import { type ApiResource, collectionPath, configMaps, objectPath } from "./resource.ts";

/** What is written. */
export interface LeaderRecord {
  /** Empty: nobody leads. */
  readonly holder: string;
  /** How long a record that is not renewed is respected. */
  readonly seconds: number;
  /** ISO times. */
  readonly acquired: string;
  readonly renewed: string;
  readonly transitions: number;
}

/** A record, and the version to change it from. */
export interface Held {
  readonly record: LeaderRecord;
  readonly object: Fields;
}

/** One place where a record is. */
export interface LeaderLock {
  /** Undefined: there is none yet. */
  read(signal: AbortSignal): Promise<Held | undefined>;
  /** False: somebody else was quicker. */
  write(record: LeaderRecord, before: Held | undefined, signal: AbortSignal): Promise<boolean>;
}

/** The name of a lock. */
export interface LockName {
  readonly namespace: string;
  readonly name: string;
}

const leases: ApiResource = {
  group: "coordination.k8s.io",
  version: "v1",
  plural: "leases",
  kind: "Lease",
  namespaced: true,
};
/** The annotation that client libraries used before there were Leases. */
const annotation = "control-plane.alpha.kubernetes.io/leader";

/** A Lease. */
export function leaseLock(client: Client, at: LockName): LeaderLock {
  return lock(client, leases, at, {
    decode({ spec }) {
      const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions } = fieldsOf(spec);
      return {
        holder: String(holderIdentity ?? ""),
        seconds: Number(leaseDurationSeconds ?? 0),
        acquired: String(acquireTime ?? ""),
        renewed: String(renewTime ?? ""),
        transitions: Number(leaseTransitions ?? 0),
      };
    },
    encode: (object, { holder, seconds, acquired, renewed, transitions }) => ({
      ...object,
      spec: {
        ...fieldsOf(object["spec"]),
        holderIdentity: holder,
        leaseDurationSeconds: seconds,
        acquireTime: micro(acquired),
        renewTime: micro(renewed),
        leaseTransitions: transitions,
      },
    }),
  });
}

/** An annotation of a ConfigMap. */
export function configMapLock(client: Client, at: LockName): LeaderLock {
  return lock(client, configMaps, at, {
    decode(object) {
      const written = text(fieldsOf(fieldsOf(object["metadata"])["annotations"]), annotation);
      const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaderTransitions } = fieldsOf(
        valueOfJson(written ?? "{}"),
      );
      return {
        holder: String(holderIdentity ?? ""),
        seconds: Number(leaseDurationSeconds ?? 0),
        acquired: String(acquireTime ?? ""),
        renewed: String(renewTime ?? ""),
        transitions: Number(leaderTransitions ?? 0),
      };
    },
    encode(object, { holder, seconds, acquired, renewed, transitions }) {
      const metadata = fieldsOf(object["metadata"]);
      const record = {
        holderIdentity: holder,
        leaseDurationSeconds: seconds,
        acquireTime: acquired,
        renewTime: renewed,
        leaderTransitions: transitions,
      };
      const annotations = { ...fieldsOf(metadata["annotations"]), [annotation]: JSON.stringify(record) };
      return { ...object, metadata: { ...metadata, annotations } };
    },
  });
}

interface Form {
  decode(object: Fields): LeaderRecord;
  encode(object: Fields, record: LeaderRecord): Fields;
}

function lock(client: Client, resource: ApiResource, at: LockName, { decode, encode }: Form): LeaderLock {
  const { group, version, kind } = resource;
  const fresh = { apiVersion: group === "" ? version : `${group}/${version}`, kind, metadata: { ...at } };
  return {
    async read(signal) {
      try {
        const object = fieldsOf(await client.ask({ path: objectPath(resource, at), signal }));
        return { object, record: decode(object) };
      } catch (error) {
        if (error instanceof ApiFailure && error.status === 404) return undefined;
        throw error;
      }
    },
    async write(record, before, signal) {
      const request = before
        ? { method: "PUT" as const, path: objectPath(resource, at), body: encode(before.object, record) }
        : { method: "POST" as const, path: collectionPath(resource, at.namespace), body: encode(fresh, record) };
      try {
        await client.ask({ ...request, signal });
        return true;
      } catch (error) {
        if (error instanceof ApiFailure && error.status === 409) return false;
        throw error;
      }
    },
  };
}

/** A Lease's times have microseconds. */
function micro(time: string): string {
  return time.replace(/(\.\d{3})Z$/, "$1000Z");
}
