/**
 * An order under way as an object that all replicas see: a ConfigMap in the instance's own namespace with where the
 * order stands and what is to be answered, and on it, as annotations, which replica answers so already. It is there
 * for as long as the order is, so that another replica can go on with it.
 */
import { createHash } from "node:crypto";
import { type Fields, fieldsOf, text, valueOfJson } from "#base/fields.ts";
import type { ResourceRef } from "#base/origin.ts";
import type { Challenge } from "#compiler";

/** The label whose value is the instance. */
export const orderLabel = "dragoman.io/order-of";
const seenBy = "dragoman.io/answers-seen-by-";

/** What stands in one. */
export interface OrderRecord {
  readonly name: string;
  /** `namespace/name` of the certificate's Secret. */
  readonly certificate: string;
  readonly order: string | undefined;
  /** Who orders: that replica need not write to itself. */
  readonly leader: string | undefined;
  readonly answers: Answers;
  /** What of the answers each replica answers, as a digest, by replica. */
  readonly seen: ReadonlyMap<string, string>;
}

/** Answers by token. */
export type Answers = Readonly<Record<string, Challenge>>;

/** The name of the record of a certificate. */
export function recordName(instance: string, certificate: string): string {
  return `dragoman-order-${hash(`${instance} ${certificate}`)}`;
}

/** A replica in an annotation. */
export const replicaName = (replica: string): string => hash(replica).slice(0, 16);

/** Answers in short, to say which are meant. */
export const digest = (answers: Answers): string => hash(JSON.stringify(answers)).slice(0, 16);

const hash = (plain: string): string => createHash("sha256").update(plain).digest("hex").slice(0, 32);

/** Where orders are, and who places them. */
export interface RecordPlace {
  readonly namespace: string;
  readonly instance: string;
  readonly replica: string;
}

/** The manifest of a record that nothing is answered by yet. */
export function newRecord({ namespace, instance, replica }: RecordPlace, certificate: string): Fields {
  const metadata = { namespace, name: recordName(instance, certificate), labels: { [orderLabel]: instance } };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata,
    data: { certificate, leader: replicaName(replica), answers: "{}" },
  };
}

/** The part of a merge patch with which a replica says what it answers. */
export function seenPatch(replica: string, seen: string): Fields {
  return { metadata: { annotations: { [`${seenBy}${replica}`]: seen } } };
}

/** Reads one; what somebody else has made of it is left out. */
export function readRecord(object: Fields): OrderRecord {
  const metadata = fieldsOf(object["metadata"]);
  const data = fieldsOf(object["data"]);
  const annotations = Object.entries(fieldsOf(metadata["annotations"]));
  return {
    name: text(metadata, "name") ?? "",
    certificate: text(data, "certificate") ?? "",
    order: text(data, "order"),
    leader: text(data, "leader"),
    answers: answersOf(valueOfJson(text(data, "answers") ?? "{}")),
    seen: new Map(
      annotations.flatMap(([name, value]) =>
        name.startsWith(seenBy) ? [[name.slice(seenBy.length), String(value)] as const] : [],
      ),
    ),
  };
}

function answersOf(value: unknown): Answers {
  const entries = Object.entries(fieldsOf(value)).flatMap(([token, given]) => {
    const fields = fieldsOf(given);
    const [hostname, answer] = [text(fields, "hostname"), text(fields, "answer")];
    const ref = refOf(fieldsOf(fields["ref"]));
    if (!/^[\w-]{1,256}$/.test(token) || hostname === undefined || answer === undefined || !ref) return [];
    return [[token, { ref, hostname, answer }] as const];
  });
  return Object.fromEntries(entries);
}

function refOf(fields: Fields): ResourceRef | undefined {
  const [group, kind, namespace, name] = ["group", "kind", "namespace", "name"].map((key) => text(fields, key));
  if (group === undefined || kind === undefined || namespace === undefined || name === undefined) return undefined;
  return { group, kind, namespace, name };
}
