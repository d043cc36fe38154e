/**
 * Values of Module settings: quoted numbers and words for true and false are taken for what they mean, and settings
 * that Mappings spell differently by version may have either spelling.
 */
import { type Field, isRecord } from "../schema/index.ts";
import { upgradeCors } from "./cors.ts";
import { toList, upgradeHeaders } from "./headers.ts";
import { upgradeDefaultLabels } from "./labels.ts";

const words: ReadonlyMap<string, boolean> = new Map([
  ...["true", "yes", "y", "on", "t", "1"].map((word) => [word, true] as const),
  ...["false", "no", "n", "off", "f", "0"].map((word) => [word, false] as const),
]);

/** The value of a setting as its schema wants it, where the given one plainly means it. */
export function lenient(key: string, field: Field, given: unknown): unknown {
  if (key === "cors") return upgradeCors(given);
  if (key === "default_labels") return upgradeDefaultLabels(given);
  if (key === "defaults") return upgradeDefaults(given);
  switch (field.schema.type) {
    case "boolean":
      return typeof given === "string" || typeof given === "number"
        ? (words.get(String(given).toLowerCase()) ?? given)
        : given;
    case "integer":
      return typeof given === "string" && /^-?\d{1,15}$/.test(given) ? Number(given) : given;
    default:
      return given;
  }
}

const headerDefaults: Readonly<Record<string, ((value: unknown) => unknown) | undefined>> = {
  add_request_headers: upgradeHeaders,
  add_response_headers: upgradeHeaders,
  remove_request_headers: toList,
  remove_response_headers: toList,
  httpmapping: upgradeDefaults,
};

function upgradeDefaults(given: unknown): unknown {
  if (!isRecord(given)) return given;
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      Object.hasOwn(headerDefaults, key) ? headerDefaults[key]?.(value) : value,
    ]),
  );
}
