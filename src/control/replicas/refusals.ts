/** What a replica says of objects that its Envoy refuses, from its own diagnostics. */
import type { Diagnostic } from "#base/diagnostic.ts";
import { formatRef, refKey } from "#base/origin.ts";
import type { ClusterObject } from "../sources/kubernetes-object.ts";
import type { ReplicaRefusal } from "./record.ts";

/** Those of objects that a cluster knows; an object inside of another's annotation is not one. */
export function refusalsIn(
  diagnostics: readonly Diagnostic[],
  objects: ReadonlyMap<string, ClusterObject>,
): readonly ReplicaRefusal[] {
  return diagnostics.flatMap(({ code, at, message, traffic }) => {
    const object = code === "envoy/refused" ? objects.get(refKey(at.ref)) : undefined;
    if (!object) return [];
    const { uid, generation } = object;
    const refusal = { object: formatRef(at.ref), uid, generation, path: at.path, message };
    return [traffic === undefined ? refusal : { ...refusal, traffic }];
  });
}
