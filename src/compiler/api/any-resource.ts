/**
 * All that admission can give.
 */
import type { AuthService } from "./ambassador/auth-service.ts";
import type { DevPortal } from "./ambassador/dev-portal.ts";
import type { Filter } from "./ambassador/filter.ts";
import type { FilterPolicy } from "./ambassador/filter-policy.ts";
import type { Host } from "./ambassador/host.ts";
import type { Listener } from "./ambassador/listener.ts";
import type { LogService } from "./ambassador/log-service.ts";
import type { Mapping } from "./ambassador/mapping.ts";
import type { Module } from "./ambassador/module.ts";
import type { RateLimit } from "./ambassador/rate-limit.ts";
import type { RateLimitService } from "./ambassador/rate-limit-service.ts";
import type { ConsulResolver, KubernetesEndpointResolver, KubernetesServiceResolver } from "./ambassador/resolvers.ts";
import type { TCPMapping } from "./ambassador/tcp-mapping.ts";
import type { TLSContext } from "./ambassador/tls-context.ts";
import type { TracingService } from "./ambassador/tracing-service.ts";
import type { ConfigMap } from "./kubernetes/config-map.ts";
import type { EndpointSlice } from "./kubernetes/endpoint-slice.ts";
import type { Endpoints } from "./kubernetes/endpoints.ts";
import type { Ingress } from "./kubernetes/ingress.ts";
import type { IngressClass } from "./kubernetes/ingress-class.ts";
import type { KnativeIngress } from "./kubernetes/knative-ingress.ts";
import type { Namespace } from "./kubernetes/namespace.ts";
import type { Secret } from "./kubernetes/secret.ts";
import type { Service } from "./kubernetes/service.ts";

/** A resource of the group getambassador.io. */
export type AmbassadorResource =
  | AuthService
  | ConsulResolver
  | DevPortal
  | Filter
  | FilterPolicy
  | Host
  | KubernetesEndpointResolver
  | KubernetesServiceResolver
  | Listener
  | LogService
  | Mapping
  | Module
  | RateLimit
  | RateLimitService
  | TCPMapping
  | TLSContext
  | TracingService;

/** A resource of a kind that Kubernetes (or Knative) has. */
export type CoreResource =
  | ConfigMap
  | EndpointSlice
  | Endpoints
  | Ingress
  | IngressClass
  | KnativeIngress
  | Namespace
  | Secret
  | Service;

/** Any admitted resource. */
export type AnyResource = AmbassadorResource | CoreResource;
