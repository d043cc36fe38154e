/**
 * Where the gateway can be reached from outside: what the status of its own Service says, for the status of Ingresses.
 */
import { fieldsOf, list, text } from "../kube/fields.ts";
import type { ClusterObject } from "../sources/kubernetes-object.ts";

/** The label of the gateway's own Service, as the charts of old have it. */
const label = "app.kubernetes.io/component";
const value = "ambassador-service";

/** The `loadBalancer` of the gateway's Service; undefined while it has no address, or there is no such Service. */
export function loadBalancerOf(objects: Iterable<ClusterObject>, namespace: string): unknown {
  for (const { raw, status } of objects) {
    const { kind, group } = raw.ref;
    if (kind !== "Service" || group !== "" || raw.ref.namespace !== namespace || raw.labels[label] !== value) continue;
    const points = list(fieldsOf(fieldsOf(status)["loadBalancer"]), "ingress").map((point) => {
      const [ip, hostname] = [text(point, "ip"), text(point, "hostname")];
      return { ...(ip === undefined ? {} : { ip }), ...(hostname === undefined ? {} : { hostname }) };
    });
    if (points.length > 0) return { ingress: points };
  }
  return undefined;
}
