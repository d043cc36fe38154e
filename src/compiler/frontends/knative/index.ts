/**
 * The door of Knative's dialect: its Ingresses → declarations that know no dialect.
 *
 *   KnativeIngress ─┬─ knativeTlsSections ──► HostDecl, by ingress-hosts.ts
 *                   └─ lowerKnativeIngress ─► RouteDecl (each split of each path under each host)
 */
export { lowerKnativeIngress } from "./routes.ts";
export { knativeTlsSections } from "./tls.ts";
