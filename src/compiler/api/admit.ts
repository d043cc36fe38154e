/**
 * ADMIT for any object: finds its kind and hands it on.
 */
import { type Checked, diagnose } from "#base/diagnostic.ts";
import type { Settings } from "../settings.ts";
import { admitKind } from "./admit-kind.ts";
import { admitModule } from "./ambassador/module.ts";
import type { AnyResource } from "./any-resource.ts";
import { ambassadorGroup, ambassadorKind, ambassadorKinds, coreKind, deadKinds, previewGroup } from "./kinds.ts";
import type { RawObject } from "./raw-object.ts";
import { closest } from "./schema/spelling.ts";

/** Admits an object of any kind. No value and no diagnostics: it is not for this instance. */
export function admit(raw: RawObject, settings: Settings): Checked<AnyResource> {
  const { group, kind: name } = raw.ref;
  const core = coreKind(group, name);
  if (core) return core.admit(raw, settings) as Checked<AnyResource>;
  const kind = ambassadorKind(group, name);
  if (kind?.kind === "Module") return admitModule(raw, settings);
  if (kind) return admitKind(kind, raw, settings) as Checked<AnyResource>;
  return group.endsWith("getambassador.io") ? unknownKind(raw) : { diagnostics: [] };
}

function unknownKind({ ref }: RawObject): Checked<AnyResource> {
  const at = { ref, path: ".kind" };
  if (deadKinds.has(ref.kind)) {
    const message = `no release ever made anything of a ${ref.kind}`;
    return { diagnostics: [diagnose("object/ignored-kind", at, message, { traffic: "it has no effect" })] };
  }
  const near = closest(
    ref.kind,
    ambassadorKinds.map((kind) => kind.kind),
  );
  const known = ref.group === ambassadorGroup || ref.group === previewGroup;
  const hint = known && near !== undefined ? { hint: `did you mean ${near}?` } : {};
  const message = `there is no kind ${ref.kind} in ${ref.group}`;
  return { diagnostics: [diagnose("object/unknown-kind", at, message, { traffic: "it has no effect", ...hint })] };
}
