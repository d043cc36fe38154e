/**
 * Manifests as they may be shown to others: the data of Secrets is taken out, and what manifests hold of credentials
 * elsewhere is replaced.
 */
import { conceal, concealed, isSensitiveName } from "#base/conceal.ts";
import type { RawObject } from "#compiler";

/** An object as a manifest without secrets. */
export function manifestWithoutSecrets({ ref, version, labels, annotations, created, body }: RawObject): object {
  // kubectl's copy of the manifest within the manifest: of a Secret it holds the data.
  const { "kubectl.kubernetes.io/last-applied-configuration": _, ...otherAnnotations } = annotations;
  const isSecret = ref.kind === "Secret" && ref.group === "";
  return {
    apiVersion: ref.group === "" ? version : `${ref.group}/${version}`,
    kind: ref.kind,
    metadata: {
      name: ref.name,
      ...(ref.namespace === "" ? {} : { namespace: ref.namespace }),
      ...(created === undefined ? {} : { creationTimestamp: created }),
      labels,
      annotations: conceal(otherAnnotations),
    },
    ...(isSecret ? withoutData(body) : (conceal(withoutCredentials(body, ref.kind === "Filter")) as object)),
  };
}

function withoutData({ type, data, stringData, withheld }: RawObject["body"]): object {
  const names = [...Object.keys({ ...fieldsOf(data), ...fieldsOf(stringData) }), ...Object.values(fieldsOf(withheld))];
  return { type, data: Object.fromEntries(names.map((name) => [name, ""])) };
}

const namedValues = /headers$|query_parameters$/;

/** Values of headers and parameters by name, and the client secret of a Filter, which elsewhere is a Secret's name. */
function withoutCredentials(value: unknown, isFilter: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutCredentials(item, isFilter));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (isFilter && key === "secret" && typeof inner === "string") return [key, concealed];
      return [key, namedValues.test(key) ? concealNamed(inner) : withoutCredentials(inner, isFilter)];
    }),
  );
}

function concealNamed(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isSensitiveName(name) ? concealed : inner]),
  );
}

function fieldsOf(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}
