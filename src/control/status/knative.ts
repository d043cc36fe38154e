/**
 * The status of Knative's Ingress, by which Knative decides whether a Service can be used: three conditions, and where
 * within the cluster requests are taken. Pure, as all desired statuses are.
 */
import { type Fields, fieldsOf, list, text } from "#base/fields.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import { reasonOf, waitingReason } from "./reason.ts";
import type { DesiredStatus, Standing, StatusContext } from "./standing.ts";

interface Condition {
  readonly type: "LoadBalancerReady" | "NetworkConfigured" | "Ready";
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
}

/** What it should say. */
export function knativeIngressStatus(
  object: ClusterObject,
  standing: Standing,
  { now, service }: StatusContext,
): DesiredStatus {
  const seen = list(fieldsOf(object.status), "conditions");
  const network = networkOf(standing, seen);
  const balancer = service ? ({ status: "True" } as const) : unknownService;
  const conditions: readonly Condition[] = [
    { type: "LoadBalancerReady", ...balancer },
    { type: "NetworkConfigured", ...network },
    { type: "Ready", ...(network.status === "True" ? balancer : network) },
  ];
  const where = service ? { ingress: [{ domainInternal: service.domain }] } : null;
  return {
    observedGeneration: object.generation,
    conditions: conditions.map((condition) => ({
      lastTransitionTime: sinceWhen(condition, seen) ?? now,
      ...condition,
    })),
    publicLoadBalancer: where,
    privateLoadBalancer: where,
  };
}

function networkOf({ errors, behind = [] }: Standing, seen: readonly Fields[]): Omit<Condition, "type"> {
  if (errors.length > 0) return { status: "False", reason: "Invalid", message: reasonOf(errors) };
  if (behind.length > 0) {
    // Whom it waits for changes as they catch up, which is not worth a write each time.
    const said = seen.find(({ reason }) => reason === "Waiting");
    return { status: "Unknown", reason: "Waiting", message: (said && text(said, "message")) ?? waitingReason(behind) };
  }
  return { status: "True" };
}

const unknownService = {
  status: "Unknown",
  reason: "NoService",
  message: "the gateway's own Service, with the label app.kubernetes.io/component: ambassador-service, is not there",
} as const;

/** When a condition became what it is; undefined when that is now. */
function sinceWhen({ type, status }: Condition, seen: readonly Fields[]): string | undefined {
  const same = seen.find((condition) => condition["type"] === type && condition["status"] === status);
  return same && text(same, "lastTransitionTime");
}
