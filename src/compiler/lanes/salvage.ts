/** ADMIT of what is left of a bad Mapping: its match alone, if that much is readable. */
import type { Checked } from "#base/diagnostic.ts";
import { admitMapping, type Mapping, type RawObject } from "../api/index.ts";
import type { Settings } from "../settings.ts";

const matchFields = [
  "ambassador_id",
  "prefix",
  "prefix_regex",
  "prefix_exact",
  "case_sensitive",
  "hostname",
  "host",
  "host_regex",
  "method",
  "method_regex",
  "headers",
  "regex_headers",
  "query_parameters",
  "regex_query_parameters",
  "precedence",
] as const;

/** A Mapping with nothing but the match of a bad one. */
export function salvageMapping(raw: RawObject, settings: Settings): Checked<Mapping> {
  if (raw.ref.kind !== "Mapping") return { diagnostics: [] };
  const spec = raw.body["spec"];
  if (typeof spec !== "object" || spec === null || Array.isArray(spec)) return { diagnostics: [] };
  const fields = spec as Readonly<Record<string, unknown>>;
  // A bad shadow must not answer in place of what it would have got copies of.
  const shadow = fields["shadow"] === true ? { shadow: true } : {};
  const kept = matchFields.filter((field) => fields[field] !== undefined).map((field) => [field, fields[field]]);
  return admitMapping(
    { ...raw, body: { spec: { ...Object.fromEntries(kept), ...shadow, service: "unavailable" } } },
    settings,
  );
}
