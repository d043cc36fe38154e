/** Ingresses, each spelled from what somebody wants. */
import fc, { type Arbitrary } from "fast-check";
import type { Manifest } from "./manifest.ts";
import { portOf } from "./manifest.ts";
import { serviceOf } from "./mappings.ts";
import { ingressWish, type MatchWish } from "./wanted.ts";

/** What decides one Ingress, apart from the numbers of its paths. */
export const drawnIngress = fc.record({
  wishes: fc.array(ingressWish, { minLength: 1, maxLength: 3 }),
  byClass: fc.boolean(),
  legacyPaths: fc.constantFrom(undefined, undefined, undefined, "true", "maybe"),
  /** Of Knative's kind instead, where every path is a prefix. */
  knative: fc.constantFrom(false, false, true),
  /** How backends name their ports. */
  portName: fc.boolean(),
  tls: fc.constantFrom(undefined, undefined, { hosts: ["a.test"], secretName: "certificate" }, { secretName: "gone" }),
  defaultBackend: fc.constantFrom(false, false, false, true),
  version: fc.constantFrom("networking.k8s.io/v1", "networking.k8s.io/v1", "networking.k8s.io/v1beta1"),
});

/** One Ingress. */
export type DrawnIngress = typeof drawnIngress extends Arbitrary<infer T> ? T : never;

const pathTypes = { exact: "Exact", segments: "Prefix", prefix: "ImplementationSpecific", regex: "" } as const;

/** The Ingress whose first path leads to the upstream of this number, and its Services. */
export function ingressManifests(
  drawn: DrawnIngress,
  wishes: readonly MatchWish[],
  name: string,
  first: number,
): readonly Manifest[] {
  const services = wishes.map((_, i) => serviceOf(first + i));
  if (drawn.knative) return [knativeIngress(drawn, wishes, name, first), ...services];
  const rules = wishes.map(({ host, path }, i) => ({
    ...(host.text === "*" ? {} : { host: host.text }),
    http: { paths: [{ path: path.text, pathType: pathTypes[path.form], backend: backend(drawn, first + i) }] },
  }));
  const annotations = {
    ...(drawn.byClass ? {} : { "kubernetes.io/ingress.class": "ambassador" }),
    ...(drawn.legacyPaths === undefined ? {} : { "getambassador.io/ingress-legacy-paths": drawn.legacyPaths }),
  };
  const spec = {
    ...(drawn.byClass ? { ingressClassName: "ours" } : {}),
    ...(drawn.tls ? { tls: [drawn.tls] } : {}),
    ...(drawn.defaultBackend ? { defaultBackend: backend({ ...drawn, version: "networking.k8s.io/v1" }, first) } : {}),
    rules,
  };
  return [{ apiVersion: drawn.version, kind: "Ingress", metadata: { name, annotations }, spec }, ...services];
}

function knativeIngress(
  { portName }: DrawnIngress,
  wishes: readonly MatchWish[],
  name: string,
  first: number,
): Manifest {
  const rules = wishes.map(({ host, path }, i) => {
    const split = { serviceName: `s${first + i}`, servicePort: portName ? "web" : portOf(`m${first + i}`) };
    return {
      ...(host.text === "*" ? {} : { hosts: [host.text] }),
      http: { paths: [{ path: path.text, splits: [split] }] },
    };
  });
  const annotations = { "networking.knative.dev/ingress-class": "ambassador.ingress.networking.knative.dev" };
  const apiVersion = "networking.internal.knative.dev/v1alpha1";
  return { apiVersion, kind: "Ingress", metadata: { name, annotations }, spec: { rules } };
}

/** What a path matches in the kind that is drawn. */
export function ingressMatch({ knative }: DrawnIngress, wish: MatchWish): MatchWish {
  const { path } = wish;
  return knative && path.form !== "regex" ? { ...wish, path: { ...path, form: "prefix" } } : wish;
}

function backend({ version, portName }: DrawnIngress, index: number): object {
  const number = portOf(`m${index}`);
  if (version.endsWith("v1beta1")) return { serviceName: `s${index}`, servicePort: portName ? "web" : number };
  return { service: { name: `s${index}`, port: portName ? { name: "web" } : { number } } };
}

/** The class of those that name one. */
export const ingressClass: Manifest = {
  apiVersion: "networking.k8s.io/v1",
  kind: "IngressClass",
  metadata: { name: "ours" },
  spec: { controller: "getambassador.io/ingress-controller" },
};
