/** OBSERVE inside the compiler: which objects this instance looks at, of all that it was given. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { meetsLabels } from "#base/label-selector.ts";
import type { RawObject } from "../api/index.ts";
import type { Settings } from "../settings.ts";

/** Why an object is not looked at; undefined: it is. Objects without a namespace belong to every namespace. */
export function outOfScope({ ref, labels }: RawObject, settings: Settings | undefined): Diagnostic | undefined {
  const { singleNamespace, certsSingleNamespace, labelSelector } = settings?.scope ?? {};
  const foreign = settings && ref.namespace !== "" && ref.namespace !== settings.namespace;
  if (foreign && singleNamespace) return ignored(ref, `only namespace ${settings.namespace} is looked at`);
  if (foreign && certsSingleNamespace && ref.kind === "Secret")
    return ignored(ref, `Secrets are looked for in namespace ${settings.namespace} only`);
  if (labelSelector && !meetsLabels(labelSelector, labels))
    return ignored(ref, "it does not have the labels that are looked for");
  return undefined;
}

function ignored(ref: RawObject["ref"], message: string): Diagnostic {
  return diagnose("object/out-of-scope", { ref, path: ".metadata" }, message, {
    traffic: "it is as if the object were not there",
  });
}
