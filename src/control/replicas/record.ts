/**
 * What a replica says of itself, in the data of its ConfigMap: a few kilobytes at most, whatever the configuration has.
 * Replicas of other releases read it, so that what is not understood is left out, and nothing is taken on trust.
 */
import { type Fields, fieldsOf, isFields, text, valueOfJson } from "#base/fields.ts";
import { printable } from "#base/printable.ts";
import { isVersion } from "../kube/resource-version.ts";
import type { Versions } from "../sources/kubernetes/read-progress.ts";

/** One replica as it was when it wrote. */
export interface ReplicaRecord {
  /** For how long it counts as alive after it was seen to write. */
  readonly seconds: number;
  /** Up to where its Envoy has acknowledged everything, by resource; resources that it does not know are absent. */
  readonly acknowledged: Versions;
  readonly refusals: readonly ReplicaRefusal[];
}

/** An object that its Envoy refuses, in one version of it. */
export interface ReplicaRefusal {
  /** For people. */
  readonly object: string;
  readonly uid: string;
  readonly generation: number;
  /** The field, what is wrong with it, and what requests see. */
  readonly path: string;
  readonly message: string;
  readonly traffic?: string;
}

const mostRefusals = 20;
const longestText = 300;
const mostResources = 100;
const mostSeconds = 600;
const longestObject = 600;

/** The data of its ConfigMap; `renewed` is different each time. */
export function writeRecord({ seconds, acknowledged, refusals }: ReplicaRecord, renewed: string): Fields {
  const more = refusals.length - mostRefusals;
  return {
    renewed,
    seconds: String(seconds),
    acknowledged: JSON.stringify(Object.fromEntries(acknowledged)),
    refusals: JSON.stringify(refusals.slice(0, mostRefusals).map(bounded)),
    ...(more > 0 ? { more: String(more) } : {}),
  };
}

/** What somebody's data says; undefined where that is not what a replica says. */
export function readRecord(data: unknown): ReplicaRecord | undefined {
  const fields = fieldsOf(data);
  const seconds = Number(fields["seconds"]);
  const acknowledged = valueOfJson(text(fields, "acknowledged") ?? "");
  if (!(seconds > 0) || !isFields(acknowledged)) return undefined;
  const refusals = valueOfJson(text(fields, "refusals") ?? "[]");
  return {
    seconds: Math.min(seconds, mostSeconds),
    acknowledged: new Map(Object.entries(acknowledged).slice(0, mostResources).filter(isPosition)),
    refusals: (Array.isArray(refusals) ? refusals.slice(0, mostRefusals) : []).flatMap(readRefusal),
  };
}

function isPosition(entry: readonly [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string" && isVersion(entry[1]);
}

function readRefusal(value: unknown): readonly ReplicaRefusal[] {
  const fields = fieldsOf(value);
  const { generation, path } = fields;
  const [uid, message, traffic] = [text(fields, "uid"), text(fields, "message"), text(fields, "traffic")];
  if (uid === undefined || message === undefined || typeof generation !== "number") return [];
  const object = text(fields, "object") ?? "";
  const refusal = { object, uid, generation, path: typeof path === "string" ? path : "", message };
  return [bounded(traffic === undefined ? refusal : { ...refusal, traffic })];
}

function bounded({ object, uid, generation, path, message, traffic }: ReplicaRefusal): ReplicaRefusal {
  return {
    object: object.slice(0, longestObject),
    uid: uid.slice(0, longestText),
    generation,
    path: path.slice(0, longestText),
    message: shortened(message),
    ...(traffic === undefined ? {} : { traffic: shortened(traffic) }),
  };
}

function shortened(words: string): string {
  const message = printable(words);
  return message.length > longestText ? `${message.slice(0, longestText - 1)}…` : message;
}
