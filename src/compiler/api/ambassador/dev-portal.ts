/**
 * DevPortal: a web site with the descriptions of the APIs behind the gateway.
 */
import { kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { boolean, enumOf, list, map, object, optional, type Static, string } from "../schema/index.ts";
import { milliseconds } from "./cluster-settings.ts";
import { ambassadorId } from "./ids.ts";

/** A DevPortal's settings. */
const devPortalSchema = object({
  ambassador_id: ambassadorId,
  default: optional(boolean(), "Whether this is the portal that is shown.", { unset: false }),
  content: optional(
    object({
      url: optional(string(), "Git repository with the portal's pages."),
      branch: optional(string(), "Its branch.", { unset: "master" }),
      dir: optional(string(), "Directory in it.", { unset: "/" }),
    }),
    "The portal's pages.",
  ),
  docs: optional(
    list(
      object({
        service: optional(string(), "Name under which it is shown."),
        url: optional(string(), "Address of the description."),
        timeout_ms: optional(milliseconds, "How long fetching it may take.", { unset: 5000 }),
      }),
    ),
    "APIs that are shown besides those of Mappings.",
  ),
  selector: optional(
    object({
      matchNamespaces: optional(list(string()), "Namespaces of the Mappings, any of them."),
      matchLabels: optional(map(string()), "Labels of the Mappings, all of them."),
    }),
    "Mappings whose APIs are shown.",
  ),
  naming_scheme: optional(enumOf("namespace.name", "name.prefix"), "Names of the pages.", { unset: "namespace.name" }),
  search: optional(
    object({
      enabled: optional(boolean(), "Whether there is a search.", { unset: false }),
      type: optional(enumOf("title-only", "all-content"), "What is searched.", { unset: "title-only" }),
    }),
    "Search.",
  ),
  preserve_servers: optional(boolean(), "Leave the servers of the descriptions as they are.", { unset: false }),
});

export type DevPortalSpec = Static<typeof devPortalSchema>;
export type DevPortal = Resource<"DevPortal", DevPortalSpec>;

/** The kind DevPortal. */
export const devPortal = kind({
  kind: "DevPortal",
  plural: "devportals",
  versions: ["v1", "v2", "v3alpha1"],
  feature: "dev-portal",
  doc: "A web site with the descriptions of the APIs behind the gateway.",
  schema: devPortalSchema,
  notYet: "there is no portal; traffic is not affected",
});
