/**
 * Filter: a check that requests can be made to pass: a token, a login, a key, an outside service.
 */
import { kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { object, optional, type Static, string } from "../schema/index.ts";
import { apiKey, external } from "./filter-external.ts";
import { jwt } from "./filter-jwt.ts";
import { oauth2 } from "./filter-oauth2.ts";
import { ambassadorId } from "./ids.ts";

const kinds = ["JWT", "OAuth2", "APIKey", "External", "Plugin", "Internal"];

/** A Filter's settings. */
const filterSchema = object(
  {
    ambassador_id: ambassadorId,
    JWT: optional(jwt, "The request carries a good JSON Web Token."),
    OAuth2: optional(oauth2, "The user has logged in with an OpenID provider."),
    APIKey: optional(apiKey, "The request carries a known key."),
    External: optional(external, "A service says yes."),
    Plugin: optional(object({ name: optional(string(), "Name of the plugin.") }), "A plugin says yes."),
    Internal: optional(object({}), "The request comes from the gateway itself."),
  },
  { exactlyOne: [kinds] },
);

export type FilterSpec = Static<typeof filterSchema>;
export type Filter = Resource<"Filter", FilterSpec>;

/** The kind Filter. */
export const filter = kind({
  kind: "Filter",
  plural: "filters",
  shortNames: ["fil"],
  versions: ["v1beta1", "v1beta2", "v2", "v3alpha1"],
  feature: "filter",
  doc: "A check that requests can be made to pass.",
  schema: filterSchema,
  notYet: "requests are NOT checked by it",
});
