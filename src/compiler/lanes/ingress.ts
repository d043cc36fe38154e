/**
 * Ingresses of Kubernetes and of Knative: those that are ours, and the routes that they ask for, with upstreams as all
 * others of the instance.
 */
import type { Origin } from "#base/origin.ts";
import * as ambassador from "../frontends/ambassador/index.ts";
import * as ingress from "../frontends/ingress/index.ts";
import * as knative from "../frontends/knative/index.ts";
import type { Collection, Graph, Reads } from "../graph/index.ts";
import type { RouteDecl } from "../ir/route.ts";
import { lowerRoutePolicies } from "../policies/on-routes.ts";
import type { Inputs, Objects } from "./objects.ts";
import { of } from "./wiring.ts";

/** Our Ingresses. */
export type Ingresses = ReturnType<typeof declareIngresses>;

/** Declares which Ingresses are ours. */
export function declareIngresses(g: Graph, { settings }: Inputs, { all }: Objects) {
  const classes = g.index("IngressClasses by name", all("IngressClass"), ({ resource }) => [resource.ref.name]);
  return g.map("lower.IngressClass", all("Ingress"), of(ingress.acceptIngress({ classes, settings })));
}

/** Declares the routes of Ingresses. */
export function declareIngressRoutes(
  g: Graph,
  { all }: Objects,
  ingresses: Ingresses,
  lookup: ambassador.MappingLookup,
): Collection<RouteDecl> {
  const defaults = (reads: Reads) => reads.get(lookup.defaults, "") ?? ambassador.noDefaults;
  const upstream = (service: string, http2: boolean, at: Origin, reads: Reads) => {
    const fields = { service, ...(http2 ? { grpc: true } : {}) };
    const { value, ...rest } = ambassador.lowerUpstream(fields, {
      lookup,
      defaults: defaults(reads),
      origin: at,
      reads,
    });
    const diagnostics = rest.diagnostics.map((diagnostic) => ({ ...diagnostic, at }));
    return { ...rest, diagnostics, ...(value ? { value: { ...value, origin: at } } : {}) };
  };
  // An Ingress says nothing of policies: it has what a Mapping without a word has.
  const silent = { prefix: "/", service: "" };
  const nowhere = { ref: { group: "", kind: "Ingress", namespace: "", name: "" }, path: "" };
  const policies = (reads: Reads) => lowerRoutePolicies(silent, reads.get(lookup.policies, ""), nowhere).value;
  const { settings } = lookup;
  const shared = { settings, services: all("Service"), defaults, policies, upstream };
  return g.union(
    "routes of Ingresses",
    g.map("lower.Ingress", ingresses, ingress.lowerIngress(shared)),
    g.map(
      "lower.KnativeIngress",
      all("KnativeIngress"),
      of(knative.lowerKnativeIngress({ ...shared, http2Port: "h2c" })),
    ),
  );
}
