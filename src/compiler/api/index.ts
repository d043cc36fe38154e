/**
 * The door of ADMIT: manifests as read → typed resources in the hub shape, with diagnostics.
 *
 *   RawObject → ours? → valid? → hub version → defaults → rules → Resource
 */
import type { Checked } from "#base/diagnostic.ts";
import type { Settings } from "../settings.ts";
import { admitKind } from "./admit-kind.ts";
import { type Host, host } from "./ambassador/host.ts";
import { type Listener, listener } from "./ambassador/listener.ts";
import { type Mapping, mapping } from "./ambassador/mapping.ts";
import {
  type ConsulResolver,
  consulResolver,
  type KubernetesEndpointResolver,
  type KubernetesServiceResolver,
  kubernetesEndpointResolver,
  kubernetesServiceResolver,
} from "./ambassador/resolvers.ts";
import { type TCPMapping, tcpMapping } from "./ambassador/tcp-mapping.ts";
import { type TLSContext, tlsContext } from "./ambassador/tls-context.ts";
import { ambassadorGroup, coreKind } from "./kinds.ts";
import { configMap } from "./kubernetes/config-map.ts";
import { endpointSlice } from "./kubernetes/endpoint-slice.ts";
import { endpoints } from "./kubernetes/endpoints.ts";
import { namespace } from "./kubernetes/namespace.ts";
import { secret } from "./kubernetes/secret.ts";
import { service } from "./kubernetes/service.ts";
import type { RawObject } from "./raw-object.ts";

export { admit } from "./admit.ts";
export type { AuthService, AuthServiceSpec } from "./ambassador/auth-service.ts";
export {
  headerNameProblem,
  headerValueProblem,
  headTextProblem,
  matchedNameProblem,
} from "./ambassador/header-rules.ts";
export type { Host, HostSpec } from "./ambassador/host.ts";
export type { LabelSpecifier } from "./ambassador/labels.ts";
export type { Listener, ListenerSpec } from "./ambassador/listener.ts";
export type { LogService, LogServiceSpec } from "./ambassador/log-service.ts";
export type { Mapping, MappingSpec } from "./ambassador/mapping.ts";
export { mappingHosts } from "./ambassador/mapping-hosts.ts";
export { admitModule, type Module, type ModuleSpec } from "./ambassador/module.ts";
export type { ModuleConfig } from "./ambassador/module-config.ts";
export type { RateLimitService, RateLimitServiceSpec } from "./ambassador/rate-limit-service.ts";
export type * from "./ambassador/resolvers.ts";
export { parseService, type ServiceAddress } from "./ambassador/service-address.ts";
export type { TCPMapping, TCPMappingSpec } from "./ambassador/tcp-mapping.ts";
export type { TLSContext, TLSContextSpec } from "./ambassador/tls-context.ts";
export type { TracingService, TracingServiceSpec } from "./ambassador/tracing-service.ts";
export { possibleKeepalive } from "./ambassador/upstream-rules.ts";
export { configAnnotation, unfoldAnnotations } from "./annotations.ts";
export type { AmbassadorResource, AnyResource, CoreResource } from "./any-resource.ts";
export { contentHash } from "./content-hash.ts";
export { type Certificate, readAuthorities, readCertificate } from "./kubernetes/certificate.ts";
export type { ConfigMap, ConfigMapSpec } from "./kubernetes/config-map.ts";
export type { EndpointSlice, EndpointSliceSpec, SliceEndpoint, SlicePort } from "./kubernetes/endpoint-slice.ts";
export type { EndpointSubset, Endpoints, EndpointsSpec } from "./kubernetes/endpoints.ts";
export { type Ingress, type IngressBackend, type IngressPath, legacyPathsAnnotation } from "./kubernetes/ingress.ts";
export type { IngressClass } from "./kubernetes/ingress-class.ts";
export type { Namespace } from "./kubernetes/namespace.ts";
export { readRevocationLists } from "./kubernetes/revocation-list.ts";
export type { Secret, SecretSpec } from "./kubernetes/secret.ts";
export type { Service, ServicePort, ServiceSpec } from "./kubernetes/service.ts";
export type { RawObject } from "./raw-object.ts";
export type { Resource } from "./resource.ts";
export type { ApiVersion } from "./schema/index.ts";

/** Whether the product knows a kind; unknown ones of its own groups count as known, so that they are reported. */
export function isKnownKind(group: string, kind: string): boolean {
  return group.endsWith(ambassadorGroup) || group === "ambassador" || coreKind(group, kind) !== undefined;
}

/** Admits a Mapping. */
export function admitMapping(raw: RawObject, settings: Settings): Checked<Mapping> {
  return admitKind(mapping, raw, settings);
}

/** Admits a TCPMapping. */
export function admitTCPMapping(raw: RawObject, settings: Settings): Checked<TCPMapping> {
  return admitKind(tcpMapping, raw, settings);
}

/** Admits a Host. */
export function admitHost(raw: RawObject, settings: Settings): Checked<Host> {
  return admitKind(host, raw, settings);
}

/** Admits a Listener. */
export function admitListener(raw: RawObject, settings: Settings): Checked<Listener> {
  return admitKind(listener, raw, settings);
}

/** Admits a TLSContext. */
export function admitTLSContext(raw: RawObject, settings: Settings): Checked<TLSContext> {
  return admitKind(tlsContext, raw, settings);
}

/** Admits a KubernetesServiceResolver. */
export function admitKubernetesServiceResolver(raw: RawObject, settings: Settings): Checked<KubernetesServiceResolver> {
  return admitKind(kubernetesServiceResolver, raw, settings);
}

/** Admits a KubernetesEndpointResolver. */
export function admitKubernetesEndpointResolver(
  raw: RawObject,
  settings: Settings,
): Checked<KubernetesEndpointResolver> {
  return admitKind(kubernetesEndpointResolver, raw, settings);
}

/** Admits a ConsulResolver. */
export function admitConsulResolver(raw: RawObject, settings: Settings): Checked<ConsulResolver> {
  return admitKind(consulResolver, raw, settings);
}

/** Admits a Service. */
export const admitService = service.admit;
/** Admits an EndpointSlice. */
export const admitEndpointSlice = endpointSlice.admit;
/** Admits Endpoints. */
export const admitEndpoints = endpoints.admit;
/** Admits a Secret; its certificates are read by whoever refers to it. */
export const admitSecret = secret.admit;
/** Admits a ConfigMap. */
export const admitConfigMap = configMap.admit;
/** Admits a Namespace. */
export const admitNamespace = namespace.admit;
