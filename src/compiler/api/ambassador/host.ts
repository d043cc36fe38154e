/**
 * Host: a host name that is served, its certificate, and what cleartext requests get.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { parseGlob, splitPort } from "#base/hostname.ts";
import { child, type Origin } from "#base/origin.ts";
import { idsOf } from "../ambassador-id.ts";
import { kind, type Loose } from "../kind.ts";
import type { Resource } from "../resource.ts";
import {
  boolean,
  defaulted,
  enumOf,
  integer,
  list,
  object,
  oldOnly,
  optional,
  type Static,
  string,
  variants,
} from "../schema/index.ts";
import { hostStatus } from "./host-status.ts";
import { ambassadorId } from "./ids.ts";
import { hostPattern } from "./mapping-hosts.ts";
import { selector } from "./selector.ts";
import { tlsFields } from "./tls-settings.ts";

const acmeProvider = object({
  authority: optional(string(), "Directory of the certificate authority; `none` obtains nothing.", { example: "none" }),
  email: optional(string(), "Address of the account.", { example: "admin@example.com" }),
  privateKeySecret: optional(
    object({ name: optional(string(), "Name of the Secret.", { example: "acme-account" }) }),
    "Secret with the account's key.",
    { example: { name: "acme-account" } },
  ),
  registration: optional(string(), "The account, as the authority describes it.", { example: "{}" }),
});

const insecure = object({
  action: defaulted(
    enumOf("Redirect", "Reject", "Route"),
    "Redirect",
    "They are redirected to https, answered 404 or served.",
  ),
  additionalPort: optional(
    integer({ max: 65535 }),
    "Another port for cleartext, while there is no Listener; -1 for none.",
    { unset: 8080, example: -1 },
  ),
});

const tls = object({
  ...tlsFields,
  redirect_cleartext_from: {
    ...tlsFields.redirect_cleartext_from,
    status: "ignored",
    because: "requestPolicy.insecure decides about cleartext",
  },
  sni: { ...tlsFields.sni, status: "ignored", because: "a Host ends TLS and connects to no service" },
  min_tls_version: optional(string(), "Oldest version that is spoken: v1.0 to v1.3.", {
    aliases: ["minTLSVersion"],
    example: "v1.2",
  }),
  max_tls_version: optional(string(), "Newest version that is spoken: v1.0 to v1.3.", {
    aliases: ["maxTLSVersion"],
    example: "v1.3",
  }),
});

/** A Host's settings. */
export const hostSchema = object({
  ambassador_id: ambassadorId,
  ambassadorId: oldOnly(variants(string(), list(string())), "Other spelling of `ambassador_id`.", {
    versions: ["v2"],
    example: "internal",
  }),
  hostname: defaulted(
    hostPattern,
    "*",
    "Host names that requests are for: exact, `*`, `*.example.com` or `example.*`, with a port or without.",
    { example: "*.example.com" },
  ),
  mappingSelector: optional(
    selector,
    "Labels of the Mappings that belong to this Host; their host names, if any, must fit, too.",
    { versions: ["v3alpha1"] },
  ),
  selector: optional(selector, "Old name of `mappingSelector`, which wins over it."),
  acmeProvider: optional(acmeProvider, "Where the certificate is obtained."),
  tlsSecret: optional(
    object({
      name: optional(string(), "Name of the Secret.", { example: "shop-cert" }),
      namespace: optional(string(), "Namespace of the Secret; the Host's by default.", {
        example: "certificates",
        beside: { name: "shop-cert" },
      }),
    }),
    "Secret with certificate and key; makes the Host serve TLS.",
  ),
  tlsContext: optional(
    object({ name: optional(string(), "Name of the TLSContext.", { example: "modern" }) }),
    "TLSContext whose settings connections to this Host are served with.",
  ),
  tls: optional(tls, "TLS settings that connections to this Host are served with, instead of a TLSContext.", {
    example: { min_tls_version: "v1.2" },
  }),
  requestPolicy: optional(
    object({ insecure: optional(insecure, "What becomes of requests that did not come over TLS.") }),
    "What becomes of requests to this Host.",
  ),
  previewUrl: optional(
    object({
      enabled: optional(boolean(), "Whether there are previews."),
      type: optional(enumOf("Path"), "How previews are addressed."),
    }),
    "Once, service previews.",
    { status: "ignored", because: "there are no service previews" },
  ),
});

export type HostSpec = Static<typeof hostSchema>;
export type Host = Resource<"Host", HostSpec>;

/** The kind Host. */
export const host = kind({
  kind: "Host",
  plural: "hosts",
  versions: ["v0", "v1", "v2", "v3alpha1"],
  feature: "host",
  doc: "A host name that is served, its certificate, and what cleartext requests get.",
  schema: hostSchema,
  example: { hostname: "shop.example.com", tlsSecret: { name: "shop-cert" } },
  upgrade: upgradeHost,
  downgrade: downgradeHost,
  verify,
  columns: [
    { name: "HOSTNAME", path: ".spec.hostname" },
    { name: "STATE", path: ".status.state" },
    { name: "PHASE COMPLETED", path: ".status.phaseCompleted" },
    { name: "PHASE PENDING", path: ".status.phasePending" },
    { name: "AGE", path: ".metadata.creationTimestamp", type: "date" },
  ],
  status: hostStatus,
});

function upgradeHost(old: Loose): Loose {
  const { ambassadorId: more, selector: mappingSelector, ...rest } = old;
  const ids =
    more === undefined ? {} : { ambassador_id: [...(idsOf(rest.ambassador_id) ?? []), ...(idsOf(more) ?? [])] };
  return { ...rest, ...ids, ...(mappingSelector === undefined ? {} : { mappingSelector }) };
}

function downgradeHost(hub: Loose): Loose {
  const { mappingSelector, ...rest } = hub;
  return mappingSelector === undefined ? rest : { ...rest, selector: mappingSelector };
}

function verify({ hostname }: HostSpec, at: Origin): readonly Diagnostic[] {
  const { name } = splitPort(hostname.toLowerCase());
  if (name !== "" && parseGlob(name)) return [];
  const message = `${JSON.stringify(hostname)} is not a host name pattern`;
  return [
    diagnose("host/invalid-hostname", child(at, "hostname"), message, {
      traffic: "the Host is not served; if it was good before, that version of it goes on",
      hint: "write an exact name, `*`, `*.example.com` or `example.*`",
    }),
  ];
}
