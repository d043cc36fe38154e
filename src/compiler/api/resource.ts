/**
 * ADMIT's result: a typed resource in the hub shape, whatever version it was written in.
 */
import type { ResourceRef } from "#base/origin.ts";
import type { ApiVersion } from "./schema/index.ts";

/** An admitted object. `version` is the one it was written in, since that decides some defaults. */
export interface Resource<Kind extends string = string, Spec = unknown> {
  readonly kind: Kind;
  readonly ref: ResourceRef;
  readonly version: ApiVersion;
  readonly labels: Readonly<Record<string, string>>;
  readonly created?: string;
  readonly within?: ResourceRef;
  readonly spec: Spec;
}
