/** What a replica says of objects that its Envoy refuses, from its own diagnostics. */
import type { Diagnostic } from "#base/diagnostic.ts";
import { formatRef, refKey } from "#base/origin.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import type { ReplicaRefusal } from "./record.ts";

/** Whether a diagnostic tells what Envoy refuses. */
export function isRefusal({ code }: Diagnostic): boolean {
  return code === "envoy/refused";
}

/** Those of objects that a cluster knows; an object inside of another's annotation is not one. */
export function refusalsIn(
  refused: readonly Diagnostic[],
  objects: ReadonlyMap<string, ClusterObject>,
): readonly ReplicaRefusal[] {
  return refused.flatMap(({ at, message, traffic }) => {
    const object = objects.get(refKey(at.ref));
    if (!object) return [];
    const { uid, generation } = object;
    const refusal = { object: formatRef(at.ref), uid, generation, path: at.path, message };
    return [traffic === undefined ? refusal : { ...refusal, traffic }];
  });
}
