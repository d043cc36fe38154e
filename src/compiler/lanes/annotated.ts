/** OBSERVE inside the compiler: objects that stand in annotations of others become objects like any other. */
import { configAnnotation, type RawObject, unfoldAnnotations } from "../api/index.ts";
import type { Derived } from "../graph/graph.ts";
import { compareText } from "../link/order.ts";

/** An object, and the objects in its annotation, each under a key of its own. */
export function unfold(object: RawObject, _reads: unknown, key: string): Derived<RawObject> {
  const own = [key, object] as const;
  if (object.annotations[configAnnotation] === undefined) return { out: [own] };
  const { value = [], diagnostics } = unfoldAnnotations(object);
  return { out: [own, ...value.map((inner, i) => [`${key}!${i + 1}`, inner] as const)], diagnostics };
}

/** The older definition of one identity comes first; where ages are unknown, the place of reading decides. */
export function byCreation(a: RawObject, b: RawObject): number {
  return compareText(a.created ?? "", b.created ?? "");
}
