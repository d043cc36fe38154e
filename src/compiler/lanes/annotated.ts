/** OBSERVE inside the compiler: objects that stand in annotations of others become objects like any other. */
import { configAnnotation, type RawObject, unfoldAnnotations } from "../api/index.ts";
import type { Collection, Derived, Reads } from "../graph/graph.ts";
import { compareText } from "../link/order.ts";
import type { Settings } from "../settings.ts";
import { outOfScope } from "./scope.ts";

/** An object that is looked at, and the objects in its annotation, each under a key of its own. */
export function unfold(
  settings: Collection<Settings>,
): (object: RawObject, reads: Reads, key: string) => Derived<RawObject> {
  return (object, reads, key) => {
    const ignored = outOfScope(object, reads.get(settings, ""));
    if (ignored) return { out: [], diagnostics: [ignored] };
    const own = [key, object] as const;
    if (object.annotations[configAnnotation] === undefined) return { out: [own] };
    const { value = [], diagnostics } = unfoldAnnotations(object);
    return { out: [own, ...value.map((inner, i) => [`${key}!${i + 1}`, inner] as const)], diagnostics };
  };
}

/** The older definition of one identity comes first; where ages are unknown, the place of reading decides. */
export function byCreation(a: RawObject, b: RawObject): number {
  return compareText(a.created ?? "", b.created ?? "");
}
