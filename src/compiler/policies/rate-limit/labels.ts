/** LOWER of labels: what of a request is counted, as descriptors of Envoy's rate limiting. */
import { type Checked, type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { LabelSpecifier, MappingSpec } from "../../api/index.ts";
import type { InstanceLabels, RouteSurroundings } from "../policy.ts";

/** One entry of a descriptor. */
export type Entry =
  | { readonly kind: "source_cluster" | "destination_cluster" | "remote_address" }
  | { readonly kind: "generic"; readonly key: string; readonly value: string }
  | { readonly kind: "header"; readonly key: string; readonly header: string };

/** Entries that are counted together; a request for which one of them has no value is not counted by it. */
export type Descriptor = readonly Entry[];

/** The descriptors of a Mapping's requests, in the domain of the service. */
export function lowerRouteLimits(
  { labels }: MappingSpec,
  at: Origin,
  { labels: instance }: RouteSurroundings,
): Checked<readonly Descriptor[]> {
  if (!labels) return some(instance?.alone ? [instance.common.map(entryOf)] : [], []);
  const here = child(at, "spec", "labels");
  const unused = Object.keys(labels).filter((domain) => domain !== instance?.domain);
  const diagnostics = unused.map((domain) => uncounted(child(here, domain), domain, instance));
  const descriptors: Descriptor[] = [];
  for (const [index, group] of (instance && labels[instance.domain] ? labels[instance.domain] : [])?.entries() ?? []) {
    const [only, ...others] = Object.values(group);
    if (only && others.length === 0) descriptors.push([...(instance?.common ?? []), ...only].map(entryOf));
    else diagnostics.push(notOne(child(here, instance?.domain ?? "", index)));
  }
  return some(descriptors, diagnostics);
}

function some(value: readonly Descriptor[], diagnostics: readonly Diagnostic[]): Checked<readonly Descriptor[]> {
  return value.length === 0 ? { diagnostics } : { value, diagnostics };
}

/** The entry that a specifier means. */
function entryOf(specifier: LabelSpecifier): Entry {
  const { generic_key: generic, request_headers: header } = specifier;
  if (generic) return { kind: "generic", key: generic.key, value: generic.value };
  if (header) return { kind: "header", key: header.key, header: header.header_name };
  const plain = ["source_cluster", "destination_cluster"] as const;
  return { kind: plain.find((kind) => specifier[kind]) ?? "remote_address" };
}

function uncounted(at: Origin, domain: string, instance: InstanceLabels | undefined): Diagnostic {
  const traffic = "requests are not counted by these labels";
  if (!instance) {
    const message = `there is no RateLimitService that the labels of ${domain} could be sent to`;
    return diagnose("rate-limit-service/none", at, message, { traffic });
  }
  const message = `the RateLimitService is asked about ${instance.domain}, not about ${domain}`;
  return diagnose("rate-limit-service/other-domain", at, message, { traffic });
}

function notOne(at: Origin): Diagnostic {
  return diagnose("mapping/label-group", at, "a group of labels must have one name", {
    traffic: "requests are not counted by this group",
    hint: "make an item of the list of each of them",
  });
}
