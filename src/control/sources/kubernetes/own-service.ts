/**
 * Where the gateway can be reached: what its own Service is called and what its status says, for the status of
 * Ingresses.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { fieldsOf, list, text } from "#base/fields.ts";
import type { ResourceRef } from "#base/origin.ts";
import { isOwnService, type OwnServicePlace } from "#compiler";
import type { ClusterObject } from "./object.ts";

/** The gateway's own Service. */
export interface OwnService {
  readonly ref: ResourceRef;
  /** Its name within the cluster. */
  readonly domain: string;
  /** Its addresses as Ingresses show them; null while it has none and waits for one. */
  readonly loadBalancer: { readonly ingress: readonly unknown[] } | null | undefined;
}

/** The gateway's Service; of several one that has an address; undefined where there is none. */
export function ownService(objects: Iterable<ClusterObject>, place: OwnServicePlace): OwnService | undefined {
  let found: OwnService | undefined;
  for (const { raw, status } of objects) {
    if (!isOwnService(raw, place)) continue;
    const ingress = list(fieldsOf(fieldsOf(status)["loadBalancer"]), "ingress").map((point) => {
      const [ip, hostname] = [text(point, "ip"), text(point, "hostname")];
      return { ...(ip === undefined ? {} : { ip }), ...(hostname === undefined ? {} : { hostname }) };
    });
    const waits = text(fieldsOf(raw.body["spec"]), "type") === "LoadBalancer";
    const loadBalancer = ingress.length > 0 ? { ingress } : waits ? null : undefined;
    const service = { ref: raw.ref, domain: `${raw.ref.name}.${raw.ref.namespace}.svc.cluster.local`, loadBalancer };
    if (loadBalancer) return service;
    if (found?.loadBalancer !== null) found = service;
  }
  return found;
}

/** What to tell of it while it waits for an address. */
export function addressless(service: OwnService | undefined): readonly Diagnostic[] {
  if (service?.loadBalancer !== null) return [];
  const { name, namespace } = service.ref;
  return [
    diagnose("kubernetes/no-address", { ref: service.ref, path: ".status.loadBalancer" }, "it has no address yet", {
      traffic: "requests are served wherever else they come from; Ingresses show no address",
      hint: `see why there is none: kubectl describe service ${name} -n ${namespace}`,
    }),
  ];
}
