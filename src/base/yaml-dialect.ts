/**
 * The dialect of YAML that Kubernetes reads, for manifests and for annotations in them: 1.2 with merge keys, and with
 * the words and octal numbers of 1.1 (`yes`, `off`, `0644`). JSON is a subset of it.
 */
import { boolYaml11Tag, CORE_SCHEMA, defineScalarTag, intCoreTag, intYaml11Tag, mergeTag, NOT_RESOLVED } from "js-yaml";

// A single letter stays a string: neither Kubernetes' parser nor the one of Ambassador 1.x took `y` for a boolean.
const boolTag = defineScalarTag<boolean>("tag:yaml.org,2002:bool", {
  ...boolYaml11Tag,
  resolve: (source, ...rest) => (source.length === 1 ? NOT_RESOLVED : boolYaml11Tag.resolve(source, ...rest)),
});

// `12:30` stays a string: Kubernetes' parser knows no base-60 numbers.
const intTag = defineScalarTag<number>("tag:yaml.org,2002:int", {
  ...intYaml11Tag,
  resolve: (source, ...rest) => {
    if (source.includes(":")) return NOT_RESOLVED;
    return (source.startsWith("0o") ? intCoreTag : intYaml11Tag).resolve(source, ...rest);
  },
});

/** The dialect, for js-yaml's loaders. */
export const yamlDialect = CORE_SCHEMA.withTags(mergeTag, boolTag, intTag);

/** A parser's reason without what it quotes of the text, which may be a secret: `password: *x7Q` is an alias to YAML. */
export function withoutContent(reason: string): string {
  return reason.replace(/ ?(?:".*"|!?<.*>)|: .*$/gs, "");
}
