/**
 * An object as it was read, before any judgement: the only input of the compiler that comes from users.
 * Whoever reads objects (files, an API server, an annotation) makes these; `admit` is the only stage that looks inside.
 */
import type { ResourceRef } from "#base/origin.ts";

/** A manifest as read. Plain JSON data; never holds resourceVersion, generation, managedFields or line numbers. */
export interface RawObject {
  readonly ref: ResourceRef;
  /** Version part of apiVersion: `v1`, `v2`, `v3alpha1`, `v0` … */
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO time, where the source knows it; decides ties. */
  readonly created?: string;
  /** Every top-level field other than apiVersion, kind and metadata: `spec`, `data`, `subsets`, … */
  readonly body: Readonly<Record<string, unknown>>;
  /** The object whose annotation this one was written in. */
  readonly within?: ResourceRef;
}
