/**
 * `cors`, in its old and new spellings.
 */
import { boolean, integer, isRecord, list, object, optional, string, variants } from "../schema/index.ts";

/** The hub's `cors`. */
export const cors = object({
  origins: optional(list(string()), "Origins that may read answers.", { example: ["https://shop.example.com"] }),
  methods: optional(list(string()), "Methods that a preflight allows.", { example: ["GET", "POST"] }),
  headers: optional(list(string()), "Request headers that a preflight allows.", { example: ["content-type"] }),
  exposed_headers: optional(list(string()), "Response headers that scripts may read.", { example: ["x-total"] }),
  credentials: optional(boolean(), "Whether browsers may send cookies along.", { unset: false }),
  max_age: optional(string(), "For how many seconds browsers may remember a preflight.", { example: "600" }),
  v2CommaSeparatedOrigins: optional(boolean(), "Whether a v2 object had the origins in one text.", {
    versions: ["v3alpha1"],
  }),
});

const oldList = variants(string(), list(string()));

/** `cors` as v0, v1 and v2 have it. */
export const oldCors = object({
  origins: optional(oldList, "Origins that may read answers; one text is separated by commas."),
  methods: optional(oldList, "Methods that a preflight allows."),
  headers: optional(oldList, "Request headers that a preflight allows."),
  exposed_headers: optional(oldList, "Response headers that scripts may read."),
  credentials: optional(boolean(), "Whether cookies may be sent.", { unset: false }),
  max_age: optional(variants(string(), integer()), "Seconds for which a preflight may be remembered."),
});

const lists = ["methods", "headers", "exposed_headers"];

/** Old `cors` → the hub's. */
export function upgradeCors(old: unknown): unknown {
  if (!isRecord(old)) return old;
  const hub: Record<string, unknown> = { ...old };
  for (const name of lists) if (typeof hub[name] === "string") hub[name] = [hub[name]];
  if (typeof old.max_age === "number") hub.max_age = String(old.max_age);
  if (typeof old.origins !== "string") return hub;
  const origins = old.origins.split(",").map((origin) => origin.trim());
  return { ...hub, origins, v2CommaSeparatedOrigins: true };
}

/** The hub's `cors` → the old spelling. */
export function downgradeCors(hub: unknown): unknown {
  if (!isRecord(hub)) return hub;
  const { v2CommaSeparatedOrigins, ...old } = hub;
  const origins = old.origins;
  return v2CommaSeparatedOrigins === true && Array.isArray(origins) ? { ...old, origins: origins.join(",") } : old;
}
