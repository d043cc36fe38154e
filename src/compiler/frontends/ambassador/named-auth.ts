/** LOWER of the names that Mappings give to AuthServices. */
import { type ResourceRef, refKey } from "#base/origin.ts";
import type { MappingSpec } from "../../api/index.ts";
import type { Index, Reads } from "../../graph/graph.ts";
import type { RouteAction } from "../../ir/route.ts";
import type { NamedAuthService } from "../../policies/policy.ts";

/** What a Mapping's `auth_service` names: the one in its own namespace, else any, else `name.namespace`. */
export function namedAuthService(
  byName: Index<ResourceRef>,
  { auth_service: name, shadow }: MappingSpec,
  namespace: string,
  reads: Reads,
): NamedAuthService | undefined {
  if (name === undefined || shadow) return undefined;
  const called = [...reads.lookup(byName, name)].sort(byKey);
  const dot = name.lastIndexOf(".");
  const elsewhere = reads.lookup(byName, name.slice(0, dot)).filter((ref) => ref.namespace === name.slice(dot + 1));
  const ref = called.find((one) => one.namespace === namespace) ?? called[0] ?? elsewhere[0];
  return ref ? { kind: "known", key: refKey(ref) } : { kind: "missing" };
}

function byKey(a: ResourceRef, b: ResourceRef): number {
  return refKey(a) < refKey(b) ? -1 : 1;
}

/** What becomes of requests that nobody may be let through to because nobody could be asked. */
export function denial(spec: MappingSpec, auth: NamedAuthService | undefined): RouteAction | undefined {
  const isAsked = !spec.bypass_auth && !spec.host_redirect;
  return auth?.kind === "missing" && isAsked ? { kind: "respond", status: 403 } : undefined;
}
