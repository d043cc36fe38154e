/**
 * Where the gateway can be reached: what its own Service is called and what its status says, for the status of
 * Ingresses.
 */
import { fieldsOf, list, text } from "../kube/fields.ts";
import type { ClusterObject } from "../sources/kubernetes-object.ts";

/** The label of the gateway's own Service, as the charts of old have it. */
const label = "app.kubernetes.io/component";
const value = "ambassador-service";

/** The gateway's own Service. */
export interface OwnService {
  /** Its name within the cluster. */
  readonly domain: string;
  /** Its addresses as Ingresses show them; null while it has none and waits for one. */
  readonly loadBalancer: { readonly ingress: readonly unknown[] } | null | undefined;
}

/** The gateway's Service; of several one that has an address; undefined where there is none. */
export function ownService(objects: Iterable<ClusterObject>, namespace: string): OwnService | undefined {
  let found: OwnService | undefined;
  for (const { raw, status } of objects) {
    const { kind, group, name } = raw.ref;
    if (kind !== "Service" || group !== "" || raw.ref.namespace !== namespace || raw.labels[label] !== value) continue;
    const ingress = list(fieldsOf(fieldsOf(status)["loadBalancer"]), "ingress").map((point) => {
      const [ip, hostname] = [text(point, "ip"), text(point, "hostname")];
      return { ...(ip === undefined ? {} : { ip }), ...(hostname === undefined ? {} : { hostname }) };
    });
    const waits = text(fieldsOf(raw.body["spec"]), "type") === "LoadBalancer";
    const loadBalancer = ingress.length > 0 ? { ingress } : waits ? null : undefined;
    const service = { domain: `${name}.${namespace}.svc.cluster.local`, loadBalancer };
    if (loadBalancer) return service;
    if (found?.loadBalancer !== null) found = service;
  }
  return found;
}
