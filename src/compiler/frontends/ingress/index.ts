/**
 * The door of the Ingress dialect: Kubernetes' Ingresses → declarations that know no dialect.
 *
 *   Ingress ─ accept ─► ours ─┬─ lowerIngressHosts ──► HostDecl (its TLS sections)
 *                             └─ lowerIngressRoutes ─► RouteDecl (its rules and default backend)
 */
export { acceptIngress } from "./accept.ts";
export { ingressHosts } from "./hosts.ts";
export { lowerIngress } from "./routes.ts";
