/**
 * The door of ADMIT: manifests as read → typed resources in the hub shape, with diagnostics.
 *
 *   RawObject → ours? → valid? → hub version → defaults → rules → Resource
 */
import type { Checked } from "#base/diagnostic.ts";
import type { Settings } from "../settings.ts";
import { admitKind } from "./admit-kind.ts";
import { type Mapping, mapping } from "./ambassador/mapping.ts";
import { ambassadorGroup, ambassadorKinds, coreKind } from "./kinds.ts";
import type { RawObject } from "./raw-object.ts";
import type { ApiVersion } from "./schema/index.ts";
import { storableVersions, storageVersion } from "./stored-versions.ts";

export { admit } from "./admit.ts";
export type { AuthService, AuthServiceSpec } from "./ambassador/auth-service.ts";
export { consulAgent } from "./ambassador/consul-address.ts";
export { admitErrorRules, type ErrorRule } from "./ambassador/error-responses.ts";
export { isProperCase } from "./ambassador/header-case.ts";
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
export type { Module } from "./ambassador/module.ts";
export type { ModuleConfig } from "./ambassador/module-config.ts";
export { inModule } from "./ambassador/module-services.ts";
export type { RateLimitService, RateLimitServiceSpec } from "./ambassador/rate-limit-service.ts";
export type * from "./ambassador/resolvers.ts";
export { parseService, type ServiceAddress } from "./ambassador/service-address.ts";
export type { TCPMapping } from "./ambassador/tcp-mapping.ts";
export type { TLSContext } from "./ambassador/tls-context.ts";
export type { TracingService, TracingServiceSpec } from "./ambassador/tracing-service.ts";
export { possibleKeepalive } from "./ambassador/upstream-rules.ts";
export { configAnnotation, unfoldAnnotations } from "./annotations.ts";
export type { AnyResource } from "./any-resource.ts";
export { contentHash } from "./content-hash.ts";
export { type CrdOptions, customResourceDefinitions, defaultCrdOptions } from "./crd.ts";
export type { FileContent } from "./file-content.ts";
export { type FormatCommand, formatProblem, splitFormat } from "./format-string.ts";
export { readAuthorities, readCertificate } from "./kubernetes/certificate.ts";
export type { EndpointSlice } from "./kubernetes/endpoint-slice.ts";
export type { Endpoints } from "./kubernetes/endpoints.ts";
export { type Ingress, type IngressBackend, type IngressPath, legacyPathsAnnotation } from "./kubernetes/ingress.ts";
export type { KnativeIngress, KnativePath, KnativeSplit } from "./kubernetes/knative-ingress.ts";
export { readRevocationLists } from "./kubernetes/revocation-list.ts";
export { holdsCertificates, isWithheld, type Secret, withhold, withoutUnreadData } from "./kubernetes/secret.ts";
export { isOwnService, type OwnServicePlace, type Service, type ServicePort } from "./kubernetes/service.ts";
export type { RawObject } from "./raw-object.ts";
export type { ApiVersion } from "./schema/index.ts";
export { storableVersionNames } from "./stored-versions.ts";
export { writtenVersion } from "./written-version.ts";

/** Whether the product knows a kind; unknown ones of its own groups count as known, so that they are reported. */
export function isKnownKind(group: string, kind: string): boolean {
  return group.endsWith(ambassadorGroup) || group === "ambassador" || coreKind(group, kind) !== undefined;
}

/** A kind of custom resources, as an API server knows it. */
export interface CustomKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  /** Those that custom resources may have, best first: what they are stored in needs no conversion to be read. */
  readonly versions: readonly string[];
}

/** All kinds of custom resources of the product. */
export function customKinds(): readonly CustomKind[] {
  return ambassadorKinds.map(({ kind, plural, versions }) => ({
    group: ambassadorGroup,
    kind,
    plural,
    versions: readingOrder(storableVersions({ kind, versions })),
  }));
}

function readingOrder(versions: readonly ApiVersion[]): readonly ApiVersion[] {
  const stored = storageVersion(versions);
  return [stored, ...versions.toReversed().filter((version) => version !== stored)];
}

/** Admits a Mapping. */
export function admitMapping(raw: RawObject, settings: Settings): Checked<Mapping> {
  return admitKind(mapping, raw, settings);
}
