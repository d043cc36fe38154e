/**
 * Rate-limit `labels`: domain → groups → specifiers, in their old and new spellings.
 */
import {
  boolean,
  defaulted,
  enumOf,
  isRecord,
  list,
  map,
  object,
  optional,
  required,
  type Static,
  string,
  variants,
} from "../schema/index.ts";

const request = object({
  key: required(string(), "The label's key.", { example: "user" }),
  header_name: required(string(), "Request header whose value is used.", { example: "x-user" }),
  omit_if_not_present: optional(boolean(), "Whether a request without the header is not limited by this group.", {
    unset: false,
  }),
});

const generic = object({
  value: required(string(), "The label's value.", { example: "checkout" }),
  key: defaulted(string(), "generic_key", "The label's key.", { example: "action" }),
  v2Shorthand: optional(boolean(), "Whether a v2 object had only the value.", { versions: ["v3alpha1"] }),
});

/** A label with nothing to choose. */
function fixed<Name extends string>(name: Name, doc: string) {
  const key = defaulted(enumOf(name), name, "The label's key, which is always this.", { example: name });
  return optional(object({ key }), doc, { example: { key: name } });
}

const specifierFields = {
  source_cluster: fixed("source_cluster", "The cluster that Envoy runs in."),
  destination_cluster: fixed("destination_cluster", "The cluster that the route leads to."),
  remote_address: fixed("remote_address", "The client's address."),
  request_headers: optional(request, "The value of a request header."),
  generic_key: optional(generic, "A fixed value, the same for all requests."),
};

const names = Object.keys(specifierFields);

/** One descriptor entry. */
export const specifier = object(specifierFields, { exactlyOne: [names] });

export type LabelSpecifier = Static<typeof specifier>;

/** The hub's `labels`. */
export const labels = map(list(map(list(specifier))));

const oldHeader = object({
  header: required(string(), "Request header whose value is used."),
  omit_if_not_present: optional(boolean(), "Whether a request without the header is not limited by this group."),
});

/** `labels` as v0, v1 and v2 have them. */
export const oldLabels = map(list(map(list(variants(string(), map(variants(string(), oldHeader)))))));

const plainKinds = new Set(["source_cluster", "destination_cluster", "remote_address"]);

/** Old labels → the hub's. */
export function upgradeLabels(old: unknown): unknown {
  return mapGroups(old, upgradeSpecifier);
}

/** The Module's `default_labels` in either spelling → the hub's; no version ever told them apart. */
export function upgradeDefaultLabels(given: unknown): unknown {
  if (!isRecord(given)) return given;
  const domains = Object.entries(given).map(([domain, set]) => {
    const specifiers = isRecord(set) ? set.defaults : undefined;
    return [domain, Array.isArray(specifiers) ? { ...(set as object), defaults: specifiers.flatMap(upgradeAny) } : set];
  });
  return Object.fromEntries(domains);
}

/** The hub's labels → the old spelling. */
export function downgradeLabels(hub: unknown): unknown {
  return mapGroups(hub, downgradeSpecifier);
}

function mapGroups(labelSets: unknown, fn: (item: unknown) => unknown | readonly unknown[]): unknown {
  const entries = (value: unknown, inner: (v: unknown) => unknown): unknown =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, inner(v)])) : value;
  const items = (value: unknown, inner: (v: unknown) => unknown): unknown =>
    Array.isArray(value) ? value.flatMap(inner) : value;
  return entries(labelSets, (groups) =>
    items(groups, (group) => entries(group, (specifiers) => items(specifiers, fn))),
  );
}

function upgradeAny(given: unknown): readonly unknown[] {
  const isHub = isRecord(given) && names.some((name) => isRecord(given[name]) && !("header" in given[name]));
  return isHub ? [given] : upgradeSpecifier(given);
}

/** Several keys in one specifier are as many entries. */
function upgradeSpecifier(old: unknown): readonly unknown[] {
  if (typeof old === "string")
    return [plainKinds.has(old) ? { [old]: { key: old } } : { generic_key: { value: old, v2Shorthand: true } }];
  if (!isRecord(old)) return [old];
  const { v3Key: named, ...entries } = old;
  return Object.entries(entries).map(([key, given]) => {
    if (isRecord(given)) {
      const { header, ...rest } = given;
      return { request_headers: { key, header_name: header, ...rest } };
    }
    if (key !== "generic_key") return { generic_key: { value: given, key } };
    return { generic_key: { value: given, ...(typeof named === "string" ? { key: named } : {}) } };
  });
}

function downgradeSpecifier(hub: unknown): unknown {
  if (!isRecord(hub)) return hub;
  const plain = Object.keys(hub).find((name) => plainKinds.has(name));
  if (plain !== undefined) return plain;
  const { generic_key, request_headers } = hub;
  if (isRecord(generic_key)) {
    const { value, key, v2Shorthand } = generic_key;
    if (v2Shorthand === true && key === undefined) return value;
    return { generic_key: value, ...(key === undefined ? {} : { v3Key: key }) };
  }
  if (!isRecord(request_headers)) return hub;
  const { key, header_name, ...rest } = request_headers;
  return { [String(key)]: { header: header_name, ...rest } };
}
