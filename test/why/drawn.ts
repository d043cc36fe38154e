/**
 * Drawn configurations and requests that meet often: few names, few words, and everything that routes can be chosen by.
 */
import fc from "fast-check";
import type { RawObject } from "#compiler";
import type { RequestSpec } from "../envoy/request-spec.ts";
import { rawResource } from "../raw-object.ts";

/** How many Mappings a configuration has at most; each has an upstream of its own. */
export const mostMappings = 14;

const names = ["a.test", "x.a.test", "b.test", "long.x.a.test"];
const globs = [...names, "*.a.test", "*.test", "*", "b.*", "*a.test"];
const segments = ["a", "b", "A", "ab", "long"];

const path = fc
  .array(fc.constantFrom(...segments), { maxLength: 3 })
  .map((parts) => `/${parts.join("/")}${parts.length % 2 ? "/" : ""}`);

const header = fc.constantFrom("x-one", "x-two");
const word = fc.constantFrom("a", "ab", "b", "");
const pattern = fc.constantFrom("a", "a|b", "a+b?", ".*", "[ab]{1,2}", "(?i)A", "^a", "b$", "\\w");
// Most Mappings set few fields.
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.tuple(fc.integer({ min: 0, max: 5 }), arbitrary).map(([n, value]) => (n === 0 ? value : undefined));

const matchFields = fc.record({
  kind: fc.constantFrom("prefix", "prefix", "prefix", "exact", "regex"),
  prefix: fc.oneof(fc.constant("/"), path),
  regex: fc.constantFrom("/a.*", "/(a|b)/?.*", "/[^/]+", "/a/\\w+/?", "(?i)/A/.*", "/.*b"),
  caseInsensitive: seldom(fc.constant(true)),
  hostname: fc.constantFrom("*", "*", "*", ...globs),
  hostRegex: seldom(fc.constantFrom("[ab]\\.test", ".*\\.a\\.test", "x.*")),
  headers: seldom(fc.dictionary(header, word, { minKeys: 1, maxKeys: 2 })),
  regexHeaders: seldom(fc.dictionary(header, pattern, { minKeys: 1, maxKeys: 1 })),
  query: seldom(fc.dictionary(fc.constantFrom("q", "r"), word, { minKeys: 1, maxKeys: 2 })),
  regexQuery: seldom(fc.dictionary(fc.constantFrom("q", "r"), pattern, { minKeys: 1, maxKeys: 1 })),
  method: seldom(fc.constantFrom("GET", "POST", "PO.*", "GET|POST")),
  precedence: seldom(fc.integer({ min: -1, max: 2 })),
  proto: seldom(fc.constantFrom("http", "https")),
});

const actionFields = fc.record({
  rewrite: fc.constantFrom(undefined, "", "/", "/new", "/new/"),
  regexRewrite: seldom(
    fc.constantFrom(
      { pattern: "/a", substitution: "/z" },
      { pattern: "^/(\\w+)(.*)", substitution: "/\\2/\\1" },
      { pattern: "b*", substitution: "/\\0" },
    ),
  ),
  hostRewrite: seldom(fc.constant("rewritten.test")),
  redirect: seldom(
    fc.constantFrom(
      {},
      { path_redirect: "/to" },
      { path_redirect: "/to?x=1", redirect_response_code: 302 },
      { prefix_redirect: "/to/", redirect_response_code: 307 },
      { regex_redirect: { pattern: "/(\\w)", substitution: "/<\\1>" } },
    ),
  ),
  redirectTo: fc.constantFrom("https://other.test", "http://other.test:81", "other.test"),
  weight: seldom(fc.constantFrom<number>(10, 50)),
});

/** The specs of Mappings, without the service that tells them apart. */
export const mappings = fc
  .array(fc.tuple(matchFields, actionFields, fc.nat(4)), { minLength: 4, maxLength: mostMappings })
  .map((drawn) => {
    // Some are canaries of the one before.
    return drawn.map(([match, action, chance], i) => {
      const before = chance === 0 ? drawn[i - 1]?.[0] : undefined;
      return [before ?? match, before ? { ...action, weight: action.weight ?? 30 } : action] as const;
    });
  });

/** The Mappings as objects; `serviceOf` gives the upstream of the one with this number. */
export function mappingObjects(
  drawn: readonly (readonly [MatchFields, ActionFields])[],
  serviceOf: (index: number) => string,
): readonly RawObject[] {
  return drawn.map(([match, action], index) =>
    rawResource(
      "Mapping",
      "v3alpha1",
      withoutUndefined({ ...matchSpec(match), ...actionSpec(action, serviceOf(index)) }),
      {
        name: `m${index}`,
      },
    ),
  );
}

type MatchFields = typeof matchFields extends fc.Arbitrary<infer T> ? T : never;
type ActionFields = typeof actionFields extends fc.Arbitrary<infer T> ? T : never;

function matchSpec(match: MatchFields): object {
  const headers = { ...match.headers, ...(match.proto ? { "x-forwarded-proto": match.proto } : {}) };
  return {
    prefix: match.kind === "regex" ? match.regex : match.prefix,
    prefix_exact: match.kind === "exact" ? true : undefined,
    prefix_regex: match.kind === "regex" ? true : undefined,
    case_sensitive: match.caseInsensitive && match.kind !== "regex" ? false : undefined,
    hostname: match.hostRegex ? undefined : match.hostname,
    host: match.hostRegex,
    host_regex: match.hostRegex ? true : undefined,
    headers: Object.keys(headers).length > 0 ? headers : undefined,
    regex_headers: match.regexHeaders,
    query_parameters: match.query,
    regex_query_parameters: match.regexQuery,
    method: match.method,
    method_regex: match.method && /\W/.test(match.method) ? true : undefined,
    precedence: match.precedence,
  };
}

function actionSpec(action: ActionFields, service: string): object {
  if (action.redirect) return { host_redirect: true, service: action.redirectTo, ...action.redirect };
  return {
    service,
    rewrite: action.regexRewrite ? undefined : action.rewrite,
    regex_rewrite: action.regexRewrite,
    host_rewrite: action.hostRewrite,
    weight: action.weight,
  };
}

function withoutUndefined(spec: object): object {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
}

/** Hosts: any of the globs, with or without a port, with every way to treat insecure requests. */
export const hosts = fc
  .uniqueArray(fc.constantFrom(...globs, "a.test:8080"), { minLength: 1, maxLength: 5 })
  // Mostly some Host answers.
  .chain((drawn) => fc.constantFrom(drawn, [...new Set([...drawn, "*"])], [...new Set([...drawn, "*"])]))
  .chain((hostnames) =>
    fc.tuple(
      ...hostnames.map((hostname) => fc.tuple(fc.constant(hostname), fc.constantFrom("Route", "Redirect", "Reject"))),
    ),
  )
  .map((drawn) =>
    drawn.map(([hostname, action], i) =>
      rawResource("Host", "v3alpha1", { hostname, requestPolicy: { insecure: { action } } }, { name: `h${i}` }),
    ),
  );

/** The Module, with everything that changes how a request is seen. */
export const module = fc
  .record({
    merge_slashes: fc.boolean(),
    reject_requests_with_escaped_slashes: fc.boolean(),
    strip_matching_host_port: fc.boolean(),
    headers_with_underscores_action: fc.constantFrom("ALLOW", "DROP_HEADER", "REJECT_REQUEST"),
  })
  .map((config) => rawResource("Module", "v3alpha1", { config }, { name: "ambassador" }));

/** A listener behind `hops` trusted proxies: behind one, clients decide about x-forwarded-proto. */
export function listener(hops: number): RawObject {
  const hostBinding = { namespace: { from: "ALL" } };
  const spec = { port: 8080, protocol: "HTTP", securityModel: "XFP", l7Depth: hops, hostBinding };
  return rawResource("Listener", "v3alpha1", spec, { name: "http" });
}

const oddities = fc.constantFrom(
  ...'//,/./,/../,/%2e%2E/,/.,/..,/a%2fb,/%5C,/a\\b,/%41b,/%7e,/%21,/a%zz,/a%4,/a|b,/a^b,/a"b,/{a},/`,/[a],/a;b=c,/<>'.split(
    ",",
  ),
);
const requestPath = fc
  .tuple(path, fc.array(fc.oneof(path, oddities), { maxLength: 2 }))
  .chain(([first, more]) => fc.constantFrom(first, first, first, first + more.join("")));
const query = fc
  .array(fc.constantFrom("q=a", "q=b", "q=ab", "q", "q=", "r=a", "r=b", "Q=a", "%71=a", "q=%61", "x", "", "q=a=b"), {
    maxLength: 3,
  })
  .map((parts) => (parts.length === 0 ? "" : `?${parts.join("&")}`));

/** Requests to port 8080; most are aimed at one of the Mappings. */
export const request = fc.record({
  aim: fc.option(fc.nat(), { nil: undefined, freq: 5 }),
  method: fc.constantFrom("GET", "GET", "POST", "PUT"),
  host: fc.constantFrom(
    ...names,
    ...names,
    "A.TEST",
    "z.test",
    "b.other",
    "a.test:8080",
    "a.test:81",
    "xa.test",
    "none",
  ),
  path: requestPath,
  query,
  headers: fc.dictionary(fc.constantFrom("x-one", "x-two", "X-One", "x_three"), word, { maxKeys: 2 }),
  proto: fc.constantFrom(undefined, "http", "https", "https"),
});

type DrawnRequest = typeof request extends fc.Arbitrary<infer T> ? T : never;

/** The request, with the path, the query and the headers of the Mapping that it is aimed at. */
export function aimed(drawn: DrawnRequest, mappings: readonly (readonly [MatchFields, ActionFields])[]): RequestSpec {
  const [target] = (drawn.aim !== undefined && mappings[drawn.aim % mappings.length]) || [];
  const path =
    !target || target.kind === "regex" ? drawn.path : target.prefix + (drawn.path.length < 4 ? drawn.path : "");
  const asked = Object.entries(target?.query ?? {}).map(([name, value]) => `${name}=${value}`);
  const query = asked.length > 0 ? `?${asked.join("&")}` : drawn.query;
  return {
    url: `http://${drawn.host}${path}${query}`,
    port: 8080,
    method: drawn.method,
    headers: { ...drawn.headers, ...target?.headers, ...(drawn.proto ? { "x-forwarded-proto": drawn.proto } : {}) },
  };
}
