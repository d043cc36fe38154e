/**
 * `tls` beside `service`: the name of a TLSContext, or in old versions also a boolean that the hub expresses by the
 * scheme of the service. `v2ExplicitTLS` remembers the old spelling for the way back.
 */
import type { Loose } from "../kind.ts";
import { boolean, enumOf, nothing, object, optional, string, stringLike, variants } from "../schema/index.ts";

const explicit = object({
  tls: optional(enumOf("", "null", "bool:true", "bool:false", "string"), "What `tls` was.", { example: "bool:true" }),
  serviceScheme: optional(
    stringLike("^([hH][tT][tT][pP][sS]?://)?$", 'scheme ("http://", "https://" or "")'),
    "What the service's scheme was.",
    { example: "https://" },
  ),
});

/** The fields `tls` and `v2ExplicitTLS`. */
export const upstreamTls = {
  tls: optional(string(), "Name of the TLSContext with which connections to the service are encrypted.", {
    old: { form: variants(string(), boolean(), nothing()) },
    example: "upstream",
  }),
  v2ExplicitTLS: optional(explicit, "How a v2 object spelled `tls`; has no effect.", { versions: ["v3alpha1"] }),
};

const scheme = /^(https?:\/\/)?/i;

/** Old `tls` → the hub's; `field` holds the service. */
export function upgradeTls(old: Loose, field = "service"): Loose {
  const { tls, ...rest } = old;
  if (tls === undefined || (typeof tls === "string" && tls !== "")) return old;
  if (tls !== true)
    return { ...rest, v2ExplicitTLS: { tls: tls === "" ? "string" : tls === null ? "null" : "bool:false" } };
  const service = String(rest[field] ?? "");
  const serviceScheme = scheme.exec(service)?.[0] ?? "";
  return {
    ...rest,
    [field]: `https://${service.slice(serviceScheme.length)}`,
    v2ExplicitTLS: { tls: "bool:true", serviceScheme },
  };
}

/** The hub's `tls` → the old spelling it came from, as far as nothing changed meanwhile. */
export function downgradeTls(hub: Loose, field = "service"): Loose {
  const { v2ExplicitTLS, ...rest } = hub;
  const spelled = v2ExplicitTLS as { readonly tls?: string; readonly serviceScheme?: string } | undefined;
  if (spelled === undefined || rest.tls !== undefined) return rest;
  switch (spelled.tls) {
    case "bool:true": {
      const service = String(rest[field] ?? "");
      if (!service.startsWith("https://")) return rest;
      return { ...rest, tls: true, [field]: (spelled.serviceScheme ?? "https://") + service.slice("https://".length) };
    }
    case "bool:false":
      return { ...rest, tls: false };
    case "null":
      return { ...rest, tls: null };
    case "string":
      return { ...rest, tls: "" };
    default:
      return rest;
  }
}
