/** What obtains certificates while control runs, as far as control knows it: who it is, the command line decides. */
import type { Fields } from "#base/fields.ts";
import { type Compiler, type CompilerEdit, configAnnotation } from "#compiler";
import type { Client } from "./kube/client.ts";
import type { ClusterObject } from "./sources/kubernetes/object.ts";

/** What certificates are obtained for. */
export interface CertificateDoor {
  readonly compiler: Compiler;
  push(edits: readonly CompilerEdit[]): void;
  /** Resolves when Envoy has acknowledged everything. */
  served(): Promise<void>;
  /** Where Hosts come from, and certificates go to, if that is a cluster. */
  readonly cluster?: CertificateCluster | undefined;
}

const concerned: ReadonlySet<string> = new Set(["Host", "Secret"]);

/** Whether Hosts or Secrets may come, change or go with an edit: what goes may have been anything. */
export function concernsCertificates(edit: CompilerEdit): boolean {
  if (edit.kind !== "object" || !edit.value) return edit.kind === "object";
  const { ref, annotations } = edit.value;
  return concerned.has(ref.kind) || annotations[configAnnotation] !== undefined;
}

/** A cluster in which certificates are obtained. */
export interface CertificateCluster {
  readonly client: Client;
  /** The instance's own. */
  readonly namespace: string;
  /** The instance in names of objects. */
  readonly instance: string;
  /** This replica's name. */
  readonly replica: string;
  /** Names of the others that live, as far as the one that leads knows. */
  others(): readonly string[];
  /** Objects as they were last seen, by `refKey`. */
  objects(): ReadonlyMap<string, ClusterObject>;
  /** What the statuses of these Hosts, by `refKey`, are to say of their certificates may have changed. */
  report(hosts: Iterable<string>): void;
}

/** Somebody who obtains certificates. */
export interface Certificates {
  /** What is there from the beginning. */
  readonly edits: readonly CompilerEdit[];
  /** Everything is served for the first time. */
  start(door: CertificateDoor): void;
  /** Objects may have changed. */
  wake(): void;
  /** In a cluster, where one replica orders and reports. */
  readonly leader?: CertificateLeader;
  close(): Promise<void>;
}

/** The part of obtaining certificates that one replica does for all. */
export interface CertificateLeader {
  /** Orders until the signal: this replica leads. */
  lead(signal: AbortSignal): Promise<void>;
  /** What the status of a Host should say of its certificate; "unknown" is not to be written about yet. */
  status(host: ClusterObject): CertificateStatus | "unknown" | undefined;
}

/** Fields of a Host's status; those of its kind that are absent are to be taken away. */
export type CertificateStatus = Fields & { readonly state: string };
