/**
 * What the status of an object should say: pure, from the object as it was last seen and from what is wrong with it.
 * Fields that are not named here belong to others and are left alone.
 */
import { equal } from "#base/equal.ts";
import { type Fields, fieldsOf, text } from "#base/fields.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import { knativeIngressStatus } from "./knative.ts";
import { readyStatus } from "./ready.ts";
import { reasonOf } from "./reason.ts";
import type { DesiredStatus, Standing, StatusContext } from "./standing.ts";

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
