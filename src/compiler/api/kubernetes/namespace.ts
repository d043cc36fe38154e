/**
 * Namespace: only its labels matter, which every resource has.
 */
import { ok } from "#base/diagnostic.ts";
import type { Resource } from "../resource.ts";
import { object } from "../schema/index.ts";
import { coreKind } from "./narrow.ts";

export type NamespaceSpec = Readonly<Record<string, never>>;
export type Namespace = Resource<"Namespace", NamespaceSpec>;

/** The kind Namespace. */
export const namespace = coreKind({
  kind: "Namespace",
  group: "",
  versions: ["v1"],
  body: object({}, { open: true }),
  narrow: () => ok<NamespaceSpec>({}),
});
