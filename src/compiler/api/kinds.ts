/**
 * The table of all kinds that are admitted. CRDs and reference pages are made from it too.
 */
import { authService } from "./ambassador/auth-service.ts";
import { devPortal } from "./ambassador/dev-portal.ts";
import { filter } from "./ambassador/filter.ts";
import { filterPolicy } from "./ambassador/filter-policy.ts";
import { host } from "./ambassador/host.ts";
import { listener } from "./ambassador/listener.ts";
import { logService } from "./ambassador/log-service.ts";
import { mapping } from "./ambassador/mapping.ts";
import { module } from "./ambassador/module.ts";
import { rateLimit } from "./ambassador/rate-limit.ts";
import { rateLimitService } from "./ambassador/rate-limit-service.ts";
import { consulResolver, kubernetesEndpointResolver, kubernetesServiceResolver } from "./ambassador/resolvers.ts";
import { tcpMapping } from "./ambassador/tcp-mapping.ts";
import { tlsContext } from "./ambassador/tls-context.ts";
import { tracingService } from "./ambassador/tracing-service.ts";
import type { Kind } from "./kind.ts";
import { configMap } from "./kubernetes/config-map.ts";
import { endpointSlice } from "./kubernetes/endpoint-slice.ts";
import { endpoints } from "./kubernetes/endpoints.ts";
import { ingress } from "./kubernetes/ingress.ts";
import { ingressClass } from "./kubernetes/ingress-class.ts";
import { knativeIngress } from "./kubernetes/knative-ingress.ts";
import { namespace } from "./kubernetes/namespace.ts";
import type { CoreKind } from "./kubernetes/narrow.ts";
import { secret } from "./kubernetes/secret.ts";
import { service } from "./kubernetes/service.ts";

/** The kinds of the group getambassador.io, in the order in which the reference shows them. */
export const ambassadorKinds = [
  listener,
  host,
  mapping,
  tcpMapping,
  tlsContext,
  module,
  kubernetesServiceResolver,
  kubernetesEndpointResolver,
  consulResolver,
  authService,
  rateLimitService,
  tracingService,
  logService,
  devPortal,
  filter,
  filterPolicy,
  rateLimit,
] as const;

/** Kubernetes' own kinds. */
export const coreKinds = [
  service,
  endpointSlice,
  endpoints,
  secret,
  configMap,
  namespace,
  ingress,
  ingressClass,
  knativeIngress,
] as const;

/** The group of the product's kinds. */
export const ambassadorGroup = "getambassador.io";

/** The group under which previews of 2.0 had some kinds, with `Ambassador` before their names. */
export const previewGroup = "x.getambassador.io";

/** Kinds of 0.x that no release ever made anything of. */
export const deadKinds: ReadonlySet<string> = new Set(["CircuitBreaker", "OutlierDetection"]);

/** A kind of the group, by its name. */
export function ambassadorKind(group: string, name: string): Kind | undefined {
  if (group === ambassadorGroup) return byName.get(name);
  if (group !== previewGroup) return undefined;
  const found = name.startsWith("Ambassador") ? byName.get(name.slice("Ambassador".length)) : undefined;
  return found && { ...found, versions: ["v3alpha1"] };
}

const byName = new Map<string, Kind>(ambassadorKinds.map((kind) => [kind.kind, kind as unknown as Kind]));

/** One of Kubernetes' own kinds. */
export function coreKind(group: string, name: string): CoreKind | undefined {
  return core.get(name)?.get(group);
}

const core = new Map<string, Map<string, CoreKind>>();
for (const kind of coreKinds) addCore(kind.group, kind.kind, kind);
addCore("extensions", "Ingress", ingress);
addCore("networking.internal.knative.dev", "Ingress", knativeIngress);

function addCore(group: string, name: string, kind: CoreKind): void {
  core.set(name, (core.get(name) ?? new Map<string, CoreKind>()).set(group, kind));
}
