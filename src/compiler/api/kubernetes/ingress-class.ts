/**
 * IngressClass: whose Ingresses are ours.
 */
import { ok } from "#base/diagnostic.ts";
import type { Resource } from "../resource.ts";
import { object, optional, string } from "../schema/index.ts";
import { idAnnotation } from "./ingress.ts";
import { coreKind } from "./narrow.ts";

/** What is read of an IngressClass. */
export interface IngressClassSpec {
  readonly controller: string;
}

export type IngressClass = Resource<"IngressClass", IngressClassSpec>;

/** The kind IngressClass. */
export const ingressClass = coreKind({
  kind: "IngressClass",
  group: "networking.k8s.io",
  versions: ["v1beta1", "v1"],
  body: object(
    { spec: optional(object({ controller: optional(string(), "Controller.") }, { open: true }), "Settings.") },
    { open: true },
  ),
  narrow({ spec }, raw, settings) {
    const controller = spec?.controller ?? "";
    const ours = controller.toLowerCase() === "getambassador.io/ingress-controller";
    if (!ours || (raw.annotations[idAnnotation] ?? "default") !== settings.ambassadorId) return { diagnostics: [] };
    return ok<IngressClassSpec>({ controller });
  },
});
