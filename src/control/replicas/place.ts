/**
 * Where a replica's record is: a ConfigMap in the instance's own namespace, named after the replica, that goes with
 * its Pod.
 */
import { createHash } from "node:crypto";
import { type Fields, fieldsOf, text } from "#base/fields.ts";
import { type ApiResource, configMaps } from "../kube/resource.ts";

/** An instance. */
export interface ReplicaPlace {
  /** Its own. */
  readonly namespace: string;
  /** Its id in names and labels. */
  readonly instance: string;
}

/** One replica of it, the same for as long as its Envoy is. */
export interface ReplicaIdentity {
  /** Its Pod's name, or another that no other replica has. */
  readonly name: string;
  /** Where its Pod is, if that is known. */
  readonly pod?: { readonly uid: string; readonly namespace: string };
}

/** What records are in. */
export const records: ApiResource = configMaps;

const label = "dragoman.io/replica-of";
const prefix = "dragoman-replica-";

/** What all records of an instance have in common. */
export function recordSelector({ instance }: ReplicaPlace): string {
  return `${label}=${instance}`;
}

/** The name of a replica's record. */
export function recordName(replica: string): string {
  const isName = /^[a-z0-9]([-a-z0-9.]{0,198}[a-z0-9])?$/.test(replica);
  return `${prefix}${isName ? replica : createHash("sha256").update(replica).digest("hex").slice(0, 16)}`;
}

/** The replica that a record is of. */
export function replicaOf(record: Fields): string {
  return (text(fieldsOf(record["metadata"]), "name") ?? "").replace(prefix, "");
}

/** The whole record. */
export function recordObject(place: ReplicaPlace, { name, pod }: ReplicaIdentity, data: Fields): object {
  // An owner in another namespace is one that is not there, and what it owns is deleted.
  const owners = pod?.namespace === place.namespace ? [{ apiVersion: "v1", kind: "Pod", name, uid: pod.uid }] : [];
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: recordName(name),
      namespace: place.namespace,
      labels: { [label]: place.instance },
      ownerReferences: owners,
    },
    data,
  };
}
