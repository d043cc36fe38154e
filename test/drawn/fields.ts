/** Which fields of which kinds drawn objects have. */
import { moduleConfigSchema } from "../../src/compiler/api/ambassador/module-config.ts";
import { ambassadorKinds } from "../../src/compiler/api/kinds.ts";
import type { Manifest } from "./manifest.ts";
import { spelling } from "./more-fields.ts";

/** Kinds whose objects nothing is made of. */
const idle: ReadonlySet<string> = new Set(["DevPortal", "Filter", "FilterPolicy", "RateLimit"]);

/** The fields of the product's kinds that none of these objects has. */
export function missingFields(manifests: readonly Manifest[]): readonly string[] {
  const drawn = new Set<string>();
  const see = (kind: string, fields: unknown): void => {
    for (const name of Object.keys(fields ?? {})) drawn.add(`${kind}.${name}`);
  };
  for (const { kind, metadata, spec } of manifests) {
    see(kind, spec);
    if (kind === "Module" && metadata.name === "ambassador")
      see("config", (spec as { readonly config: unknown }).config);
  }
  return allFields().filter((field) => !drawn.has(field));
}

function allFields(): readonly string[] {
  const kinds = ambassadorKinds.filter(({ kind }) => !idle.has(kind));
  const fields = kinds.flatMap(({ kind, versions, schema }) =>
    Object.entries(schema.fields).flatMap(([name, field]) => {
      const isOldOnly = field.versions !== undefined && !field.versions.includes("v3alpha1");
      const isPossible = versions.some((version) => (field.versions ?? versions).includes(version));
      return isPossible ? [`${kind}.${isOldOnly ? spelling(name, field, "old") : name}`] : [];
    }),
  );
  return [...fields, ...Object.keys(moduleConfigSchema.fields).map((name) => `config.${name}`)];
}
