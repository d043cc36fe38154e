/**
 * The requests that a configuration is asked about: one for each declared route, some that are one change away from
 * such a one, and some about nothing in particular. Everything follows from the configuration and its salt.
 */
import { matchesName, parseGlob } from "#base/hostname.ts";
import { numbers } from "../bench/random.ts";
import type { RequestSpec } from "../envoy/request-spec.ts";
import type { Configuration, DeclaredRoute } from "./configuration.ts";
import { type NamedWish, names, type PathWish, type Wish } from "./wanted.ts";

/** A request, without the socket that it is sent to. */
export interface Asked {
  readonly method: string;
  /** The Host header. */
  readonly host: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A way in: a listener that takes requests. */
export interface Door {
  readonly port: number;
  readonly tls: boolean;
  readonly proxy: boolean;
}

/** A request, and what it is for. */
export interface Question {
  readonly spec: RequestSpec;
  readonly kind: "aimed" | "changed" | "free";
  /** What it is aimed at, or was before the change. */
  readonly route?: DeclaredRoute;
  /** What was changed. */
  readonly change?: string;
}

/** Chooses one of some things. */
export type Choose = <T>(of: readonly T[]) => T;

/** Choices that follow from a salt. */
export function choices(salt: number): Choose {
  const random = numbers(salt);
  return (of) => of[random(of.length)] as (typeof of)[number];
}

/** Requests that a route is meant for, the plainest first. */
export function requestsFor({ wish }: DeclaredRoute, hostnames: readonly string[], choose: Choose): readonly Asked[] {
  const paths = pathsFor(wish.path);
  const hosts = [...new Set(hostsFor(wish.host, hostnames))];
  const rest = () => ({
    method: wish.method ? textFor(wish.method, choose) : choose(["GET", "GET", "POST"]),
    query: wish.query.map((one) => `${one.name}=${textFor(one, choose)}`),
    headers: [
      ...wish.headers.map((one): readonly [string, string] => [one.name, textFor(one, choose)]),
      ...choose([[], [], [], ...company]),
    ],
  });
  return paths.flatMap((path) => hosts.map((host) => ({ ...rest(), host, path })));
}

/** Headers that policies look at. */
const company: readonly (readonly (readonly [name: string, value: string])[])[] = [
  [["x-forwarded-for", "203.0.113.9"]],
  [["x-forwarded-for", "127.0.0.9, 10.1.2.3"]],
  [["origin", "http://a.test"]],
];
const preflight: Asked["headers"] = [
  ["origin", "http://b.test"],
  ["access-control-request-method", "GET"],
];

function pathsFor(path: PathWish): readonly string[] {
  switch (path.form) {
    case "exact":
      return path.anyCase ? [path.text, swapCase(path.text)] : [path.text];
    case "segments":
      return [path.text, `${path.text.replace(/\/+$/, "")}/tail`];
    case "prefix":
      return [path.text, `${path.text}tail`, `${path.anyCase ? swapCase(path.text) : path.text}/a/`];
    case "regex":
      return path.samples;
  }
}

function hostsFor(host: Wish, hostnames: readonly string[]): readonly string[] {
  const known = [...hostnames.map(nameOf), ...names];
  if (host.form === "regex") return [...host.samples, ...known];
  const glob = parseGlob(host.text);
  if (!glob) return [];
  // Names of both patterns, where two patterns meet.
  const between = hostnames.map((hostname) => {
    const other = withoutPort(hostname).replace("*", "");
    return glob.kind === "suffix" ? `${other}new${glob.literal}` : `${glob.literal}new${other}`;
  });
  const all = glob.kind === "exact" ? [host.text, ...known] : [...known, nameOf(host.text), ...between];
  return all.filter((name) => matchesName(glob, withoutPort(name)));
}

/** A name that a Host answers for. */
function nameOf(hostname: string): string {
  return hostname === "*" ? "other.example" : hostname.replace("*", "new");
}

function withoutPort(name: string): string {
  return name.replace(/:\d+$/, "");
}

function textFor(wish: Wish, choose: Choose): string {
  if (wish.form === "exact") return wish.text;
  return wish.form === "regex" ? choose(wish.samples) : choose(["a", "c", ""]);
}

/** How a request is sent. */
export interface Manner {
  /** What it says of x-forwarded-proto. */
  readonly proto?: string | undefined;
  readonly http?: "1.1" | "2";
}

/** The request through this door. */
export function overDoor(asked: Asked, { port, tls, proxy }: Door, { proto, http = "1.1" }: Manner): RequestSpec {
  const query = asked.query.length === 0 ? "" : `?${asked.query.join("&")}`;
  return {
    url: `${tls ? "https" : "http"}://${asked.host}${asked.path}${query}`,
    port,
    method: asked.method,
    headers: Object.fromEntries([
      ...asked.headers,
      ...(proto === undefined ? [] : [["x-forwarded-proto", proto]]),
    ]) as Record<string, string>,
    http,
    ...(tls ? { clientCertificate: "drawn-client:client.test:ca=clients" } : {}),
    ...(proxy ? { proxyProtocol: { version: 1, source: "203.0.113.7:1234" } } : {}),
  };
}

/** The request with one thing changed; what, is said with it. */
export function changed(asked: Asked, wish: DeclaredRoute["wish"], choose: Choose): readonly [Asked, string] {
  const [what, change] = choose(changes.filter(([, , isPossible]) => isPossible(wish)));
  return [change(asked, choose), what];
}

type Change = readonly [
  what: string,
  change: (asked: Asked, choose: Choose) => Asked,
  isPossible: (wish: DeclaredRoute["wish"]) => boolean,
];

const always = () => true;
const hasHeaders = ({ headers }: { readonly headers: readonly NamedWish[] }) => headers.length > 0;
const hasQuery = ({ query }: { readonly query: readonly NamedWish[] }) => query.length > 0;

const changes: readonly Change[] = [
  ["case of the path", (asked) => ({ ...asked, path: swapCase(asked.path) }), always],
  ["slash at the end", (asked) => ({ ...asked, path: withoutSlash(asked.path) }), always],
  ["two slashes", (asked, choose) => ({ ...asked, path: doubledSlash(asked.path, choose) }), always],
  ["shorter path", (asked) => ({ ...asked, path: asked.path.slice(0, -1) || "/" }), always],
  [
    "longer path",
    (asked, choose) => ({ ...asked, path: asked.path + choose(["x", "/x", ".", "/..", "%2f", "%41"]) }),
    always,
  ],
  [
    "port in the name",
    (asked, choose) => ({ ...asked, host: `${asked.host}:${choose(["8080", "81", "443"])}` }),
    always,
  ],
  ["case of the name", (asked) => ({ ...asked, host: asked.host.toUpperCase() }), always],
  [
    "another name",
    (asked, choose) => ({ ...asked, host: choose([`x${asked.host}`, `x.${asked.host}`, "z.test"]) }),
    always,
  ],
  [
    "another method",
    (asked, choose) => ({ ...asked, method: choose(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"]) }),
    always,
  ],
  [
    "a preflight of it",
    (asked) => ({
      ...asked,
      method: "OPTIONS",
      headers: [...asked.headers.filter(([name]) => name !== "origin"), ...preflight],
    }),
    always,
  ],
  ["a header less", (asked) => ({ ...asked, headers: asked.headers.slice(1) }), hasHeaders],
  [
    "another header value",
    (asked) => ({ ...asked, headers: asked.headers.map(([name, value]) => [name, `${value}x`]) }),
    hasHeaders,
  ],
  ["a parameter less", (asked) => ({ ...asked, query: asked.query.slice(1) }), hasQuery],
  ["another parameter value", (asked) => ({ ...asked, query: asked.query.map((one) => `${one}x`) }), hasQuery],
];

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
}

function doubledSlash(path: string, choose: Choose): string {
  const slashes = [...path.matchAll(/\//g)].map(({ index }) => index);
  const at = choose(slashes);
  return `${path.slice(0, at)}/${path.slice(at)}`;
}

function swapCase(text: string): string {
  return text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

const oddities =
  '/ // /./ /../ /%2e%2E/ /. /.. /a%2fb /%5C /a\\b /%41b /%7e /%21 /a%zz /a%4 /a|b /a^b /a"b /{a} /` /[a] /a;b=c /<>'.split(
    " ",
  );

/** A request about nothing in particular. */
export function anything({ routes }: Configuration, choose: Choose): Asked {
  const known = choose([...routes.map(({ wish }) => wish.path), undefined]);
  const begin =
    known && known.form !== "regex" ? known.text : choose(["/", "/a", "/b/A", "/ambassador/v0/check_alive"]);
  const maybe = <T>(of: readonly T[]): readonly T[] => (choose([true, false]) ? [choose(of)] : []);
  return {
    method: choose(["GET", "GET", "POST", "PUT", "OPTIONS"]),
    host: choose([...names, ...names, "A.TEST", "z.test", "b.other", "a.test:8080", "a.test:81", "xa.test", "none"]),
    path: begin + maybe(oddities).join(""),
    query: [...maybe(["q=a", "q=b", "q=ab", "q", "q="]), ...maybe(["r=a", "Q=a", "%71=a", "q=%61", "x", "", "q=a=b"])],
    headers: [
      ...new Map(
        [...maybe(["x-one", "x-two", "X-One", "x_three"]), ...maybe(["x-two"])].map((name) => [
          name.toLowerCase(),
          [name, choose(["a", "ab", "b", ""])] as const,
        ]),
      ).values(),
    ],
  };
}
