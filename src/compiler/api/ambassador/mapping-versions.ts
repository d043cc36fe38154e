/**
 * What conversion of a Mapping does across fields: host → hostname, boolean matches, `tls`, v0 rate limits.
 */
import type { Loose } from "../kind.ts";
import { isRecord } from "../schema/index.ts";
import { downgradeTls, upgradeTls } from "./upstream-tls.ts";

/** What stands for "no hostname" in v2, where no host means every host. */
const noHostname = "_skip_mapping_with_empty_host_";

/** Old → hub. */
export function upgradeMapping(old: Loose): Loose {
  return upgradeRateLimits(upgradeHost(upgradeFlags(upgradeFlags(upgradeTls(old), "headers"), "query_parameters")));
}

/** Hub → old. */
export function downgradeMapping(hub: Loose): Loose {
  return downgradeTls(downgradeFlags(downgradeFlags(downgradeHost(hub), "headers"), "query_parameters"));
}

function upgradeHost(old: Loose): Loose {
  const { host, host_regex, ...rest } = old;
  if (host === noHostname) return rest;
  const given = typeof host === "string" ? host : "";
  if (host_regex === true && given !== "") return old;
  return { ...rest, hostname: given === "" ? "*" : given };
}

function downgradeHost(hub: Loose): Loose {
  const { hostname, host, host_regex, ...rest } = hub;
  if (hostname === "*") return rest;
  if (typeof hostname === "string" && hostname !== "") return { ...rest, host: hostname };
  if (typeof host !== "string" || host === "") return { ...rest, host: noHostname };
  return { ...rest, host, ...(host_regex === undefined ? {} : { host_regex }) };
}

type Flagged = "headers" | "query_parameters";
const carrier = { headers: "v2BoolHeaders", query_parameters: "v2BoolQueryParameters" } as const;

/** A match by `true` (present) becomes the expression `.*`; a match by `false` never was one. */
function upgradeFlags(old: Loose, field: Flagged): Loose {
  const given = old[field];
  if (!isRecord(given) || Object.values(given).every((value) => typeof value === "string")) return old;
  const exact = Object.entries(given).filter(([, value]) => typeof value === "string");
  const present = Object.keys(given).filter((name) => given[name] === true);
  const regexField = `regex_${field}`;
  const regexes = isRecord(old[regexField]) ? old[regexField] : {};
  const added = present.filter((name) => !Object.hasOwn(regexes, name));
  const { [field]: _, ...rest } = old;
  return {
    ...rest,
    ...(exact.length === 0 ? {} : { [field]: Object.fromEntries(exact) }),
    ...(added.length === 0 ? {} : { [regexField]: { ...regexes, ...Object.fromEntries(added.map((n) => [n, ".*"])) } }),
    ...(added.length === 0 ? {} : { [carrier[field]]: added }),
  };
}

function downgradeFlags(hub: Loose, field: Flagged): Loose {
  const { [carrier[field]]: names, ...rest } = hub;
  const regexField = `regex_${field}`;
  const regexes = rest[regexField];
  if (!Array.isArray(names) || !isRecord(regexes)) return rest;
  const flagged = names.filter((name) => Object.hasOwn(regexes, String(name)) && regexes[String(name)] === ".*");
  if (flagged.length === 0) return rest;
  const kept = Object.entries(regexes).filter(([name]) => !flagged.includes(name));
  const { [regexField]: _, ...others } = rest;
  return {
    ...others,
    ...(kept.length === 0 ? {} : { [regexField]: Object.fromEntries(kept) }),
    [field]: { ...(isRecord(rest[field]) ? rest[field] : {}), ...Object.fromEntries(flagged.map((n) => [n, true])) },
  };
}

/** v0's `rate_limits` are label groups of the domain `ambassador`, in the order of the list. */
function upgradeRateLimits(old: Loose): Loose {
  const { rate_limits, ...rest } = old;
  if (!Array.isArray(rate_limits)) return old;
  const groups = rate_limits.map((limit: Loose, index) => {
    const headers = Array.isArray(limit.headers) ? limit.headers : [];
    const fromHeaders = headers.map((header) => ({ [String(header)]: { header, omit_if_not_present: true } }));
    const fixed = ["source_cluster", "destination_cluster", "remote_address"];
    const descriptor = limit.descriptor === undefined ? [] : [{ generic_key: limit.descriptor }];
    return { [`v0_ratelimit_${String(index).padStart(2, "0")}`]: [...fixed, ...descriptor, ...fromHeaders] };
  });
  const labels = isRecord(rest.labels) ? rest.labels : {};
  return { ...rest, labels: { ...labels, ambassador: groups } };
}
