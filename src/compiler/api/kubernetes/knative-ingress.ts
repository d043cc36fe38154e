/**
 * Knative's own Ingress: recognised, so that it is not passed over in silence.
 */
import { diagnose, ok } from "#base/diagnostic.ts";
import type { Resource } from "../resource.ts";
import { anything, object, optional } from "../schema/index.ts";
import { idAnnotation } from "./ingress.ts";
import { coreKind } from "./narrow.ts";

/** What is read of a Knative Ingress. */
export interface KnativeIngressSpec {
  readonly spec: unknown;
}

export type KnativeIngress = Resource<"KnativeIngress", KnativeIngressSpec>;

const className = "ambassador.ingress.networking.knative.dev";

/** Knative's kind Ingress. */
export const knativeIngress = coreKind({
  kind: "KnativeIngress",
  group: "networking.internal.knative.dev",
  versions: ["v1alpha1"],
  body: object({ spec: optional(anything(), "Settings.") }, { open: true }),
  narrow({ spec }, raw, settings) {
    if ((raw.annotations["networking.knative.dev/ingress.class"] ?? className) !== className)
      return { diagnostics: [] };
    if ((raw.annotations[idAnnotation] ?? "default") !== settings.ambassadorId) return { diagnostics: [] };
    const traffic = "requests for its hosts are not served by it";
    const at = { ref: raw.ref, path: "" };
    return ok<KnativeIngressSpec>({ spec }, [
      diagnose("ingress/not-yet-supported", at, "Knative's Ingress is not supported yet", { traffic }),
    ]);
  },
});
