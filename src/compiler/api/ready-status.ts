/**
 * `.status` of the kinds whose status is none of old: one condition that says whether the object is in force, and what
 * `kubectl get -o wide` shows of it.
 */
import type { PrinterColumn } from "./kind.ts";
import { enumOf, integer, list, object, optional, required, string } from "./schema/index.ts";

/** Kubernetes' usual conditions; `Ready` is the one that is written. */
export const readyStatus = object({
  conditions: optional(
    list(
      object({
        type: required(string(), "What it is about."),
        status: required(enumOf("True", "False", "Unknown"), "Whether it is so."),
        reason: optional(string(), "Why, in one word."),
        message: optional(string(), "Why, in sentences."),
        observedGeneration: optional(integer(), "Of which generation of the object this is true."),
        lastTransitionTime: optional(string(), "Since when its status is what it is."),
      }),
    ),
    "What is known of the object.",
  ),
});

const path = (field: string): string => `.status.conditions[?(@.type=='Ready')].${field}`;

/** Columns that only the wide table has, because people's scripts read the other one. */
export const readyColumns: readonly PrinterColumn[] = [
  { name: "READY", path: path("status"), wide: true },
  { name: "REASON", path: path("reason"), wide: true },
];

/** What a kind without columns shows anyhow. */
export const ageColumn: PrinterColumn = { name: "AGE", path: ".metadata.creationTimestamp", type: "date" };
