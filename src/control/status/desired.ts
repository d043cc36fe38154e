/**
 * What the status of an object should say: pure, from the object as it was last seen and from what is wrong with it.
 * Fields that are not named here belong to others and are left alone.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import { type Fields, fieldsOf, text } from "#base/fields.ts";
import type { CertificateStatus } from "../certificates.ts";
import type { ClusterObject } from "../sources/kubernetes-object.ts";
import type { OwnService } from "../sources/own-service.ts";
import { knativeIngressStatus } from "./knative.ts";
import { readyStatus } from "./ready.ts";
import { reasonOf } from "./reason.ts";

/** Fields of `.status` as they should be; `null` is one that should not be there. */
export type DesiredStatus = Readonly<Record<string, unknown>>;

/** What is known of an object. */
export interface Standing {
  /** Errors on it, in the order of the report. */
  readonly errors: readonly Diagnostic[];
  /** Whether it is this instance's and takes part. */
  readonly isOurs: boolean;
  /** Of a Host: what is known of its certificate, where somebody looks after that. */
  readonly certificate?: CertificateStatus | "unknown" | undefined;
  /** Replicas of which it has been known for long that they have not acknowledged it. */
  readonly behind?: readonly string[];
}

/** What is known beside objects. */
export interface StatusContext {
  /** ISO time of this report. */
  readonly now: string;
  /** AMBASSADOR_UPDATE_MAPPING_STATUS: say of Mappings that all is well, too. */
  readonly updateMappings: boolean;
  /** The gateway's own, where it is known. */
  readonly service: OwnService | undefined;
}

/** The fields that should differ from what was last seen; undefined when all is as it should be. */
export function statusChange(
  object: ClusterObject,
  standing: Standing,
  context: StatusContext,
): DesiredStatus | undefined {
  const desired = desiredStatus(object, standing, context);
  if (desired === undefined) return undefined;
  const seen = fieldsOf(object.status);
  const differs = Object.entries(desired).filter(([name, value]) => !same(seen[name], value));
  return differs.length === 0 ? undefined : Object.fromEntries(differs);
}

function desiredStatus(object: ClusterObject, standing: Standing, context: StatusContext): DesiredStatus | undefined {
  if (!standing.isOurs && standing.errors.length === 0) return undefined;
  switch (object.raw.ref.kind) {
    case "Host":
      return hostStatus(object, standing, context);
    case "Mapping":
      return mappingStatus(object, standing, context);
    case "Ingress":
      return object.raw.ref.group === "networking.k8s.io"
        ? ingressStatus(standing, context)
        : knativeIngressStatus(object, standing, context);
    default:
      return object.raw.ref.group === "getambassador.io" ? readyStatus(object, standing, context) : undefined;
  }
}

/** An address that the gateway's Service does not have any more leads nowhere, so that nobody should be told of it. */
function ingressStatus({ behind = [] }: Standing, { service }: StatusContext): DesiredStatus | undefined {
  if (behind.length > 0 || service?.loadBalancer === undefined) return undefined;
  return { loadBalancer: service.loadBalancer };
}

const ofHost = ["phaseCompleted", "phasePending", "errorReason", "errorTimestamp", "errorBackoff"];
const cleared: DesiredStatus = Object.fromEntries(ofHost.map((name) => [name, null]));

function hostStatus(
  { raw, status }: ClusterObject,
  { errors, certificate, behind = [] }: Standing,
  { now }: StatusContext,
): DesiredStatus | undefined {
  const known = certificate === "unknown" ? undefined : certificate;
  // Without a certificate, what else is wrong can wait.
  if (known && (known.state === "Error" || errors.length === 0)) {
    const isEarly = known.state === "Ready" && behind.length > 0;
    return { ...cleared, ...known, ...(isEarly ? { state: "Pending" } : {}) };
  }
  const tlsCertificateSource = known?.["tlsCertificateSource"] ?? certificateSource(fieldsOf(raw.body["spec"]));
  if (errors.length === 0) {
    const state = behind.length > 0 ? "Pending" : "Ready";
    return certificate === "unknown" ? undefined : { ...cleared, state, tlsCertificateSource };
  }
  const errorReason = reasonOf(errors);
  const seen = fieldsOf(status);
  const errorTimestamp = seen["errorReason"] === errorReason ? (text(seen, "errorTimestamp") ?? now) : now;
  return { state: "Error", tlsCertificateSource, errorReason, errorTimestamp };
}

/** An authority's, somebody else's, or none. */
function certificateSource({ acmeProvider, tlsSecret }: Fields): string {
  const isOff = text(fieldsOf(acmeProvider), "authority")?.toLowerCase() === "none";
  if (acmeProvider !== undefined && !isOff) return "ACME";
  return text(fieldsOf(tlsSecret), "name") === undefined ? "None" : "Other";
}

function mappingStatus(
  { status }: ClusterObject,
  { errors, behind = [] }: Standing,
  { updateMappings }: StatusContext,
): DesiredStatus | undefined {
  if (errors.length > 0) return { state: "Inactive", reason: reasonOf(errors) };
  // What somebody else's release wrote about a Mapping that is well is no news.
  const wasBad = text(fieldsOf(status), "state") === "Inactive";
  if (behind.length > 0) return wasBad ? { reason: "not every replica has acknowledged it yet" } : undefined;
  if (updateMappings) return { state: "Running", reason: null };
  return wasBad ? { state: null, reason: null } : undefined;
}

function same(seen: unknown, wanted: unknown): boolean {
  if (wanted === null) return seen === undefined || seen === null || equal(seen, {});
  return equal(seen, wanted);
}
