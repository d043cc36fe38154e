/** OBSERVE inside the compiler: objects that stand in annotations of others become objects like any other. */
import { configAnnotation, type RawObject, unfoldAnnotations } from "../api/index.ts";
import type { Derived } from "../graph/graph.ts";
import { compareText } from "../link/order.ts";

const nothing: Derived<RawObject> = { out: [] };

/** The objects in an object's annotation, each under a key of its own. */
export function unfold(object: RawObject, _reads: unknown, key: string): Derived<RawObject> {
  if (object.annotations[configAnnotation] === undefined) return nothing;
  const { value = [], diagnostics } = unfoldAnnotations(object);
  return { out: value.map((inner, i) => [`${key}!${i + 1}`, inner] as const), diagnostics };
}

/** The older definition of one identity comes first; where ages are unknown, the place of reading decides. */
export function byCreation(a: RawObject, b: RawObject): number {
  return compareText(a.created ?? "", b.created ?? "");
}
