/**
 * The door of the Ingress dialect: Kubernetes' Ingresses → declarations that know no dialect.
 *
 *   Ingress ─ accept ─► ours ─┬─ tlsSections ──► HostDecl, by ingress-hosts.ts
 *                             └─ lowerIngress ─► RouteDecl (its rules and default backend)
 */
export { acceptIngress } from "./accept.ts";
export { lowerIngress } from "./routes.ts";
export { tlsSections } from "./tls.ts";
