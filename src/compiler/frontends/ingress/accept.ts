/** LOWER of an Ingress's class: by its annotation or by its IngressClass it is ours, or of no use here. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { Ingress } from "../../api/index.ts";
import type { Derived, Index, Reads } from "../../graph/graph.ts";

/** What decides whose an Ingress is: our IngressClasses by name. */
export interface ClassLookup {
  readonly classes: Index<unknown>;
}

/** The Ingress, if it is ours. */
export function acceptIngress({
  classes,
}: ClassLookup): (ingress: Ingress, reads: Reads, key: string) => Derived<Ingress> {
  return (ingress, reads, key) => {
    const { className } = ingress.spec;
    if (className === undefined || reads.lookup(classes, className).length > 0) return { out: [[key, ingress]] };
    // Other names are other controllers' business; this one is most likely meant for us.
    return { out: [], diagnostics: className.toLowerCase() === "ambassador" ? [unknownClass(ingress, className)] : [] };
  };
}

function unknownClass({ ref }: Ingress, name: string): Diagnostic {
  return diagnose(
    "ingress/unknown-class",
    { ref, path: ".spec.ingressClassName" },
    `no IngressClass "${name}" has the controller getambassador.io/ingress-controller`,
    { traffic: "requests for its hosts and paths are not served by it", hint: "create the IngressClass" },
  );
}
