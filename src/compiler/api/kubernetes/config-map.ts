/**
 * ConfigMap: texts by name.
 */
import { ok } from "#base/diagnostic.ts";
import type { Resource } from "../resource.ts";
import { map, object, optional, string } from "../schema/index.ts";
import { coreKind } from "./narrow.ts";

/** What is read of a ConfigMap. */
export interface ConfigMapSpec {
  readonly data: Readonly<Record<string, string>>;
}

export type ConfigMap = Resource<"ConfigMap", ConfigMapSpec>;

/** The kind ConfigMap. */
export const configMap = coreKind({
  kind: "ConfigMap",
  group: "",
  versions: ["v1"],
  body: object({ data: optional(map(string()), "Texts.") }, { open: true }),
  narrow: ({ data = {} }) => ok<ConfigMapSpec>({ data }),
});
