/**
 * TLSContext: settings for terminating TLS, or for originating it towards services.
 */
import { kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { boolean, enumOf, list, object, optional, type Static, string } from "../schema/index.ts";
import { ambassadorId } from "./ids.ts";
import { tlsFields } from "./tls-settings.ts";

const tlsVersion = enumOf("v1.0", "v1.1", "v1.2", "v1.3");

/** A TLSContext's settings. */
export const tlsContextSchema = object({
  ambassador_id: ambassadorId,
  hosts: optional(list(string()), "Host names for which connections are terminated with the certificate.", {
    example: ["shop.example.com"],
  }),
  secret: optional(string(), "Secret with certificate and key: `name` or `name.namespace`.", {
    example: "shop-cert.certificates",
  }),
  secret_namespacing: optional(boolean(), "Whether `name.namespace` names another namespace.", { unset: true }),
  min_tls_version: optional(tlsVersion, "Oldest version of TLS that is spoken.", { example: "v1.2" }),
  max_tls_version: optional(tlsVersion, "Newest version of TLS that is spoken.", { example: "v1.3" }),
  ...tlsFields,
});

export type TLSContextSpec = Static<typeof tlsContextSchema>;
export type TLSContext = Resource<"TLSContext", TLSContextSpec>;

/** The kind TLSContext. */
export const tlsContext = kind({
  kind: "TLSContext",
  plural: "tlscontexts",
  versions: ["v0", "v1", "v2", "v3alpha1"],
  feature: "tls-context",
  doc: "Settings for terminating TLS, or for originating it towards services.",
  schema: tlsContextSchema,
  example: { hosts: ["shop.example.com"], secret: "shop-cert" },
});
