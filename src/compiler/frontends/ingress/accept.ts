/** LOWER of an Ingress's class: by its annotation or by its IngressClass it is ours, or of no use here. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { Ingress } from "../../api/index.ts";
import type { Collection, Derived, Index, Reads } from "../../graph/graph.ts";
import type { Settings } from "../../settings.ts";

/** What decides whose an Ingress is: our IngressClasses by name, where they are looked at. */
export interface ClassLookup {
  readonly classes: Index<unknown>;
  readonly settings: Collection<Settings>;
}

/** The Ingress, if it is ours. */
export function acceptIngress({
  classes,
  settings,
}: ClassLookup): (ingress: Ingress, reads: Reads, key: string) => Derived<Ingress> {
  return (ingress, reads, key) => {
    const { className } = ingress.spec;
    if (className === undefined || reads.lookup(classes, className).length > 0) return { out: [[key, ingress]] };
    // Other names are other controllers' business; this one is most likely meant for us.
    if (className.toLowerCase() !== "ambassador") return { out: [] };
    const seesNone = reads.get(settings, "")?.scope?.singleNamespace === true;
    return { out: [], diagnostics: [seesNone ? unseenClass(ingress, className) : unknownClass(ingress, className)] };
  };
}

function unknownClass({ ref }: Ingress, name: string): Diagnostic {
  return diagnose(
    "ingress/unknown-class",
    { ref, path: ".spec.ingressClassName" },
    `no IngressClass "${name}" has the controller getambassador.io/ingress-controller`,
    { traffic, hint: "create the IngressClass" },
  );
}

function unseenClass({ ref }: Ingress, name: string): Diagnostic {
  return diagnose(
    "ingress/unknown-class",
    { ref, path: ".spec.ingressClassName" },
    `IngressClass "${name}" cannot be seen: only one namespace is looked at, and IngressClasses belong to none`,
    { traffic, hint: "say whose it is by the annotation kubernetes.io/ingress.class: ambassador" },
  );
}

const traffic = "requests for its hosts and paths are not served by it";
