/**
 * Identity and location: which object something comes from, and which field of it.
 * An origin never holds line numbers, generations or resource versions; those live in side tables of whoever read
 * the object, because they change without meaning anything.
 */
import { intern } from "./intern.ts";

/** The identity of a Kubernetes-style object, without its API version. `namespace` is "" for cluster-scoped kinds. */
export interface ResourceRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** A field of an object. `path` is like `.spec.cors.origins[2]`; "" is the whole object. */
export interface Origin {
  readonly ref: ResourceRef;
  readonly path: string;
}

/**
 * The graph key of an object: unique per identity, ordered by kind, namespace, name; never parsed back. Mostly asked for
 * to look something up; who keeps it for each object interns it.
 */
export function refKey(ref: ResourceRef): string {
  return `${ref.kind}.${ref.group}/${ref.namespace}/${ref.name}`;
}

/** The graph key of an object where only one kind is meant: `default/quote`. */
export function nameKey({ namespace, name }: Pick<ResourceRef, "namespace" | "name">): string {
  return intern(`${namespace}/${name}`);
}

/** The form people read: `Mapping default/quote`, or `Namespace backend` where there is no namespace. */
export function formatRef(ref: ResourceRef): string {
  return ref.namespace === "" ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`;
}

/** The form people read of a field: `Mapping default/quote .spec.service`. */
export function formatOrigin(origin: Origin): string {
  return origin.path === "" ? formatRef(origin.ref) : `${formatRef(origin.ref)} ${origin.path}`;
}

/** The origin of a field below another: `child(origin, "cors", "origins", 2)` is `….cors.origins[2]`. */
export function child(origin: Origin, ...steps: readonly (string | number)[]): Origin {
  let { path } = origin;
  for (const step of steps) path += formatStep(step);
  return { ref: origin.ref, path: intern(path) };
}

function formatStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return /^[A-Za-z_$][\w$-]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
