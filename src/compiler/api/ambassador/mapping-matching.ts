/** Which requests a Mapping is for: the fields that match. */
import { boolean, integer, list, map, optional, required, string, variants } from "../schema/index.ts";
import { hostPattern } from "./mapping-hosts.ts";

const flags = map(variants(string(), boolean()));

/** Fields of a Mapping. */
export const matching = {
  prefix: required(
    string(),
    "What the path begins with, wherever that ends; a regular expression with `prefix_regex`.",
    { example: "/shop/" },
  ),
  prefix_regex: optional(boolean(), "Whether `prefix` is an RE2 expression for the whole path.", {
    unset: false,
    beside: { prefix: "/v[0-9]+/.*" },
  }),
  prefix_exact: optional(boolean(), "Whether `prefix` is the whole path.", {
    unset: false,
    versions: ["v2", "v3alpha1"],
    beside: { prefix: "/shop" },
  }),
  case_sensitive: optional(boolean(), "Whether the case of the path matters.", { unset: true }),
  hostname: optional(hostPattern, "Host name that requests must have: exact, `*`, `*.example.com` or `example.*`.", {
    versions: ["v3alpha1"],
    example: "shop.example.com",
  }),
  host: optional(string(), "Old form of `hostname`; a regular expression with `host_regex`.", {
    example: "shop.example.com",
  }),
  host_regex: optional(boolean(), "Whether `host` is an RE2 expression.", {
    unset: false,
    beside: { host: "shop[0-9]+[.]example[.]com" },
  }),
  method: optional(string(), "HTTP method that requests must have.", { example: "GET" }),
  method_regex: optional(boolean(), "Whether `method` is an RE2 expression.", {
    unset: false,
    beside: { method: "GET|HEAD" },
  }),
  headers: optional(map(string()), "Headers that requests must have, with exact values.", {
    old: { form: flags },
    example: { "x-tenant": "acme" },
  }),
  regex_headers: optional(map(string()), "Headers that requests must have, with RE2 expressions for the values.", {
    example: { "x-version": "v[23]" },
  }),
  query_parameters: optional(map(string()), "Query parameters that requests must have, with exact values.", {
    old: { form: flags },
    versions: ["v2", "v3alpha1"],
    example: { lang: "en" },
  }),
  regex_query_parameters: optional(map(string()), "Query parameters with RE2 expressions for the values.", {
    versions: ["v2", "v3alpha1"],
    example: { page: "[0-9]+" },
  }),
  precedence: optional(integer(), "Mappings with more of it are tried first.", { unset: 0, example: 10 }),
  v2BoolHeaders: optional(
    list(string()),
    "Which of `regex_headers` a v2 object matched by `true`: they must be there, with any value.",
    {
      versions: ["v3alpha1"],
      example: ["x-debug"],
      beside: { regex_headers: { "x-debug": ".*" } },
    },
  ),
  v2BoolQueryParameters: optional(
    list(string()),
    "Which of `regex_query_parameters` a v2 object matched by `true`: they must be there.",
    {
      versions: ["v3alpha1"],
      example: ["verbose"],
      beside: { regex_query_parameters: { verbose: ".*" } },
    },
  ),
};
