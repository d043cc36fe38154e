/**
 * The status of Knative's Ingress, by which Knative decides whether a Service can be used: three conditions, and where
 * within the cluster requests are taken. Pure, as all desired statuses are.
 */
import { type Fields, fieldsOf, list, text } from "#base/fields.ts";
import type { ClusterObject } from "../sources/kubernetes-object.ts";
import type { DesiredStatus, Standing, StatusContext } from "./desired.ts";
import { reasonOf } from "./reason.ts";

interface Condition {
  readonly type: "LoadBalancerReady" | "NetworkConfigured" | "Ready";
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
}

/** What it should say. */
export function knativeIngressStatus(
  object: ClusterObject,
  { errors }: Standing,
  { now, service }: StatusContext,
): DesiredStatus {
  const bad = { status: "False", reason: "Invalid", message: reasonOf(errors) } as const;
  const network = errors.length === 0 ? ({ status: "True" } as const) : bad;
  const balancer = service ? ({ status: "True" } as const) : unknownService;
  const conditions: readonly Condition[] = [
    { type: "LoadBalancerReady", ...balancer },
    { type: "NetworkConfigured", ...network },
    { type: "Ready", ...(errors.length > 0 ? network : balancer) },
  ];
  const seen = list(fieldsOf(object.status), "conditions");
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
