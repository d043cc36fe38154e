/**
 * Headers that are added or removed: `add_*_headers` and `remove_*_headers` in their old and new spellings.
 */
import {
  boolean,
  defaulted,
  enumOf,
  type FieldNotes,
  isRecord,
  list,
  map,
  nothing,
  object,
  optional,
  string,
  variants,
} from "../schema/index.ts";

/** A header that is added. */
export const addedHeader = object({
  value: optional(string(), "The header's value; may hold Envoy's command operators.", { example: "production" }),
  append: defaulted(boolean(), true, "Whether the value is added to what is there, instead of replacing it."),
  v2Representation: optional(enumOf("", "string", "null"), "How a v2 object spelled this header.", {
    versions: ["v3alpha1"],
  }),
});

const oldAddedHeader = variants(
  string(),
  boolean(),
  nothing(),
  object({ value: optional(string(), "Value."), append: optional(boolean(), "Append.") }),
);

/** `add_request_headers` and its like. */
export function addedHeaders(doc: string, notes: FieldNotes = {}) {
  return optional(map(addedHeader), doc, {
    ...notes,
    example: { "x-env": { value: "production" } },
    old: { form: map(oldAddedHeader), toHub: upgradeHeaders, fromHub },
  });
}

/** Added headers in any spelling → the hub's. */
export function upgradeHeaders(headers: unknown): unknown {
  return mapEntries(headers, (given) => {
    if (isRecord(given)) return given;
    if (typeof given !== "string" && typeof given !== "boolean" && given !== null) return given;
    return given === null ? { v2Representation: "null" } : { value: String(given), v2Representation: "string" };
  });
}

function fromHub(headers: unknown): unknown {
  return mapEntries(headers, (given) => {
    if (!isRecord(given)) return given;
    const { v2Representation, ...rest } = given;
    if (v2Representation === "null" && rest.value === undefined) return null;
    return v2Representation === "string" && rest.append !== false ? (rest.value ?? "") : rest;
  });
}

function mapEntries(value: unknown, fn: (entry: unknown) => unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fn(entry)]));
}

/** A list that old versions also spell as one text. */
export function stringList(doc: string, notes: FieldNotes = {}) {
  return optional(list(string()), doc, {
    ...notes,
    example: ["x-powered-by"],
    old: { form: variants(string(), list(string())), toHub: toList },
  });
}

/** A text that stands for a list of one. */
export function toList(value: unknown): unknown {
  return typeof value === "string" ? [value] : value;
}
