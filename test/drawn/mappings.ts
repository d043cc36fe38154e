/** Mappings of every version and in every place, each spelled from what somebody wants. */
import fc, { type Arbitrary } from "fast-check";
import { stringify } from "yaml";
import { mappingSchema } from "../../src/compiler/api/ambassador/mapping.ts";
import { type Manifest, portOf, resource } from "./manifest.ts";
import { mappingValues } from "./mapping-values.ts";
import { moreFields } from "./more-fields.ts";
import { type MatchWish, matchWish, type NamedWish, seldom, withoutUndefined } from "./wanted.ts";

/** What decides one Mapping, apart from its number. */
export type DrawnMapping = typeof drawnMapping extends Arbitrary<infer T> ? T : never;

type Version = "v0" | "v1" | "v2" | "v3alpha1";

const action = fc.record({
  rewrite: fc.constantFrom(undefined, "", "/", "/new", "/new/"),
  regexRewrite: seldom(
    fc.constantFrom(
      { pattern: "/a", substitution: "/z" },
      { pattern: "^/(\\w+)(.*)", substitution: "/\\2/\\1" },
      { pattern: "b*", substitution: "/\\0" },
    ),
  ),
  hostRewrite: seldom(fc.constant("rewritten.test")),
  autoHostRewrite: seldom(fc.constant(true), 20),
  redirect: seldom(
    fc.constantFrom<Readonly<Record<string, unknown>>>(
      {},
      { path_redirect: "/to" },
      { path_redirect: "/to?x=1", redirect_response_code: 302 },
      { prefix_redirect: "/to/", redirect_response_code: 307 },
      { regex_redirect: { pattern: "/(\\w)", substitution: "/<\\1>" } },
      { path_redirect: "/to", prefix_redirect: "/to/" },
    ),
    8,
  ),
  redirectTo: fc.constantFrom("https://other.test", "http://other.test:81", "other.test"),
  weight: seldom(fc.constantFrom(10, 50)),
  shadow: seldom(fc.constant(true), 30),
  to: fc.constantFrom<Destination>("address", "address", "address", "https", "service", "full", "name", "nobody"),
});

type Destination = "address" | "https" | "service" | "full" | "name" | "nobody";

const versions = fc.constantFrom<Version>("v0", "v1", "v2", "v2", "v3alpha1", "v3alpha1", "v3alpha1", "v3alpha1");

/** One Mapping. */
export const drawnMapping = fc.record({
  wish: matchWish,
  action,
  version: versions,
  /** Whether it shares the requests of the one before. */
  isCanary: fc.constantFrom(false, false, false, false, false, true),
  /** Written in an annotation of a Service. */
  annotated: fc.constantFrom(false, false, false, false, true),
  label: fc.constantFrom(undefined, undefined, "x"),
  id: seldom(fc.constantFrom(["default"], ["default", "other"], ["other"]), 20),
  more: moreFields(mappingSchema, mappingValues),
});

/** The Mapping with this number, and the Service that it needs. */
export function mappingManifests(drawn: DrawnMapping, wish: MatchWish, index: number): readonly Manifest[] {
  const version = versionFor(drawn, wish);
  const fields = {
    ...drawn.more[version === "v3alpha1" ? "hub" : "old"],
    ...matchFields(wish, version),
    ...actionFields(drawn, index, version),
    ambassador_id: drawn.id,
  };
  const spec = withoutUndefined(fields) as Readonly<Record<string, unknown>>;
  const name = `m${index}`;
  const labels = drawn.label === undefined ? {} : { labels: { site: drawn.label } };
  if (!drawn.annotated) return [resource("Mapping", version, name, spec, labels), serviceOf(index)];
  const { labels: metadata_labels } = labels as { labels?: object };
  const flat = { apiVersion: `getambassador.io/${version}`, kind: "Mapping", name, ...spec };
  const text = stringify(metadata_labels ? { ...flat, metadata_labels } : flat);
  return [serviceOf(index, { "getambassador.io/config": text })];
}

/** A Service in front of an upstream. */
export function serviceOf(index: number, annotations?: Readonly<Record<string, string>>): Manifest {
  const port = portOf(`m${index}`);
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `s${index}`, ...(annotations ? { annotations } : {}) },
    spec: { clusterIP: "127.0.0.1", ports: [{ name: "web", port, targetPort: port }] },
  };
}

/** Versions of before have no way to say some things. */
function versionFor({ version, action }: DrawnMapping, { path, query }: MatchWish): Version {
  const isNew = path.form === "exact" || query.length > 0 || action.regexRewrite || action.redirect;
  return isNew && (version === "v0" || version === "v1") ? "v2" : version;
}

function matchFields(wish: MatchWish, version: Version): Readonly<Record<string, unknown>> {
  const { path, host, method, precedence } = wish;
  const proto: readonly NamedWish[] = wish.proto
    ? [{ name: "x-forwarded-proto", form: "exact", text: wish.proto }]
    : [];
  return {
    prefix: path.text,
    prefix_exact: path.form === "exact" ? true : undefined,
    prefix_regex: path.form === "regex" ? true : undefined,
    case_sensitive: path.form !== "regex" && path.anyCase ? false : undefined,
    ...hostFields(host, version),
    ...conditionFields("headers", [...wish.headers, ...proto], version),
    ...conditionFields("query_parameters", wish.query, version),
    method: method?.text,
    method_regex: method?.form === "regex" ? true : undefined,
    precedence,
  };
}

function hostFields(host: MatchWish["host"], version: Version): Readonly<Record<string, unknown>> {
  if (host.form === "regex") return { host: host.text, host_regex: true };
  if (version === "v3alpha1") return { hostname: host.text };
  return host.text === "*" ? {} : { host: host.text };
}

function conditionFields(
  field: "headers" | "query_parameters",
  wishes: readonly NamedWish[],
  version: Version,
): Readonly<Record<string, unknown>> {
  const of = (form: NamedWish["form"]): Readonly<Record<string, string>> =>
    Object.fromEntries(wishes.filter((wish) => wish.form === form).map(({ name, text }) => [name, text]));
  const here = Object.fromEntries(Object.keys(of("present")).map((name) => [name, true]));
  const isHub = version === "v3alpha1";
  return filled({
    [field]: isHub ? of("exact") : { ...of("exact"), ...here },
    [`regex_${field}`]: isHub ? { ...of("regex"), ...of("present") } : of("regex"),
    [field === "headers" ? "v2BoolHeaders" : "v2BoolQueryParameters"]: isHub ? Object.keys(of("present")) : [],
  });
}

function filled(fields: Readonly<Record<string, object>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => Object.keys(value).length > 0));
}

function actionFields(drawn: DrawnMapping, index: number, version: Version): Readonly<Record<string, unknown>> {
  const { action } = drawn;
  if (action.redirect) return { host_redirect: true, service: action.redirectTo, ...action.redirect };
  return {
    service: destination(action.to, index, version),
    rewrite: action.regexRewrite ? undefined : action.rewrite,
    regex_rewrite: action.regexRewrite,
    host_rewrite: action.hostRewrite,
    auto_host_rewrite: action.hostRewrite === undefined ? action.autoHostRewrite : undefined,
    weight: drawn.isCanary ? (action.weight ?? 30) : action.weight,
    shadow: action.shadow,
  };
}

function destination(to: Destination, index: number, version: Version): string {
  const port = portOf(`m${index}`);
  switch (to) {
    case "address":
      return `127.0.0.1:${port}`;
    case "https":
      return `https://127.0.0.1:${port}`;
    case "service":
      return `s${index}:${port}`;
    case "full":
      return `${version === "v0" ? "" : "http://"}s${index}.default:${port}`;
    case "name":
      return `localhost:${port}`;
    case "nobody":
      return "127.0.0.1:1";
  }
}
