/**
 * RawObjects for unit tests, as if read from a manifest.
 */
import type { RawObject } from "../src/compiler/api/raw-object.ts";

type Extra = Partial<Omit<RawObject, "ref" | "version" | "body">> & {
  readonly name?: string;
  readonly namespace?: string;
  readonly group?: string;
};

/** An object with this body. */
export function rawObject(kind: string, version: string, body: RawObject["body"], extra: Extra = {}): RawObject {
  const { name = "x", namespace = "default", group = "", ...rest } = extra;
  return { ref: { group, kind, namespace, name }, version, labels: {}, annotations: {}, ...rest, body };
}

/** A resource of the group getambassador.io with this spec. */
export function rawResource(kind: string, version: string, spec: unknown, extra: Extra = {}): RawObject {
  return rawObject(kind, version, { spec }, { group: "getambassador.io", ...extra });
}
