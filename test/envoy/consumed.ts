/**
 * Finds the objects of a case that do nothing: without them, resources and diagnostics are the same.
 */
import { formatRef } from "#base/origin.ts";
import { defaultSettings, openCompiler, type Settings } from "#compiler";
import { editsBetween, giveFiles } from "./compile-case.ts";
import type { Inputs } from "./manifests.ts";

/** The objects that could be left out, as people read them. */
export function unconsumed(inputs: Inputs, settings: Partial<Settings>): string[] {
  const compiler = openCompiler({ ...defaultSettings, ...settings }, { strict: true });
  compiler.apply(editsBetween(undefined, inputs));
  compiler.commit();
  giveFiles(compiler, inputs);
  return inputs.objects.flatMap(({ key, object }) => {
    compiler.apply([{ kind: "object", key }]);
    const { resources, diagnosticsChanged } = compiler.commit();
    compiler.apply([{ kind: "object", key, value: object }]);
    compiler.commit();
    return resources.length > 0 || diagnosticsChanged ? [] : [formatRef(object.ref)];
  });
}
