/**
 * The versions that custom resources of a kind have in an API server, and the one that they are stored in.
 */
import type { Kind } from "./kind.ts";
import { ambassadorKinds } from "./kinds.ts";
import type { ApiVersion } from "./schema/index.ts";

/** The versions of which there are custom resources, oldest first: in v0, and Hosts in v1, there were annotations only. */
export function storableVersions(kind: Pick<Kind, "kind" | "versions">): readonly ApiVersion[] {
  return kind.versions.filter((version) => version !== "v0" && !(kind.kind === "Host" && version === "v1"));
}

/** Objects that exist were stored as v2 by the system before; v2 stays until an administrator has migrated them. */
export function storageVersion(versions: readonly ApiVersion[]): ApiVersion {
  return versions.includes("v2") ? "v2" : "v3alpha1";
}

/** All versions that a custom resource of any kind can have. */
export function storableVersionNames(): readonly ApiVersion[] {
  return [...new Set(ambassadorKinds.flatMap(storableVersions))].sort();
}
