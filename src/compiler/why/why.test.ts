import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRef, refKey } from "#base/origin.ts";
import { rawObject, rawResource } from "../../../test/raw-object.ts";
import type { RawObject } from "../api/raw-object.ts";
import type { FilterChain } from "../ir/listener.ts";
import { compile } from "../open.ts";
import { defaultSettings, type Settings } from "../settings.ts";
import { type ClientRequest, type Explanation, explain, listRoutes, parseRequest } from "./index.ts";
import { chooseChain } from "./listener.ts";
import { chooseDomain } from "./virtual-host.ts";

const listener = rawResource(
  "Listener",
  "v3alpha1",
  { port: 8080, protocol: "HTTP", securityModel: "XFP", hostBinding: { namespace: { from: "ALL" } } },
  { name: "http" },
);
const host = (hostname: string, action = "Route"): RawObject =>
  rawResource("Host", "v3alpha1", { hostname, requestPolicy: { insecure: { action } } }, { name: `host-${hostname}` });
const mapping = (name: string, spec: object): RawObject =>
  rawResource("Mapping", "v3alpha1", { hostname: "*", prefix: "/", service: "127.0.0.1:9000", ...spec }, { name });

function declaredOf(objects: readonly RawObject[], settings: Partial<Settings> = {}) {
  const keyed = objects.map((object) => [refKey(object.ref), object] as const);
  return compile(keyed, { settings: { ...defaultSettings, ...settings } }).compiler.declared;
}

function ask(request: string, objects: readonly RawObject[], headers: readonly string[] = []): Explanation {
  const parsed = parseRequest(request, headers);
  assert.ok(typeof parsed === "object", String(parsed));
  return explain(declaredOf([listener, ...objects]), parsed);
}

const losersOf = ({ losers }: Explanation): Readonly<Record<string, string>> =>
  Object.fromEntries(losers.map(({ at, because }) => [at.ref.name, because]));
const winnersOf = ({ outcomes }: Explanation): Readonly<Record<string, number>> =>
  Object.fromEntries(outcomes.map(({ at, percent }) => [at?.ref.name ?? "nobody", percent]));

const refusals: readonly (readonly [why: string, spec: object, request: string, headers: readonly string[]])[] = [
  ["the path does not begin with /shop", { prefix: "/shop" }, "GET http://a/", []],
  ["the path is not /shop", { prefix: "/shop", prefix_exact: true }, "GET http://a/shop/x", []],
  ["the path does not match /s.p", { prefix: "/s.p", prefix_regex: true }, "GET http://a/shop", []],
  ['the method is "GET", not POST', { method: "POST" }, "GET http://a/", []],
  ["the header x-tenant is missing", { headers: { "x-tenant": "acme" } }, "GET http://a/", []],
  ['the header x-tenant is "b", not a', { headers: { "x-tenant": "a" } }, "GET http://a/", ["X-Tenant: b"]],
  [
    'the header x-v is "v1", which does not match v[2-9]',
    { regex_headers: { "x-v": "v[2-9]" } },
    "GET http://a/",
    ["x-v: v1"],
  ],
  [
    "the header authorization is <redacted>, not <redacted>",
    { headers: { authorization: "Bearer canary" } },
    "GET http://a/",
    ["authorization: other"],
  ],
  ["the query parameter q is missing", { query_parameters: { q: "1" } }, "GET http://a/?r=1", []],
  ['the query parameter q is "2", not 1', { query_parameters: { q: "1" } }, "GET http://a/?q=2&q=1", []],
  [
    'the Host header is "a", which does not match [bc]',
    { hostname: undefined, host: "[bc]", host_regex: true },
    "GET http://a/",
    [],
  ],
];

for (const [why, spec, request, headers] of refusals) {
  test(`loses because ${why}`, () => {
    const answer = ask(request, [host("*"), mapping("m", spec)], headers);
    assert.deepEqual(losersOf(answer), { m: why });
    assert.deepEqual(winnersOf(answer), { nobody: 100 });
  });
}

test("a Host decides what becomes of insecure requests", () => {
  const redirected = ask("GET http://a:8080/x?y", [host("a", "Redirect"), mapping("m", {})]);
  assert.deepEqual(redirected.outcomes[0]?.does, {
    kind: "redirect",
    status: 301,
    location: "https://a:8080/x?y",
    because: "its Host redirects requests that are not secure",
  });
  const rejected = ask("GET http://a/", [host("a", "Reject"), mapping("m", {})]);
  assert.deepEqual(losersOf(rejected), { m: "its Host rejects requests that are not secure" });
});

test("a Mapping says why it only answers", () => {
  const does = (spec: object) => ask("GET http://a/", [host("a"), mapping("m", spec)]).outcomes[0]?.does;
  const denied = { kind: "respond", status: 403, because: "the AuthService that it names is not there" };
  assert.deepEqual(does({ auth_service: "nobody" }), denied);
  const broken = { kind: "respond", status: 503, because: "it has nothing that it could forward to" };
  assert.deepEqual(does({ resolver: "nobody" }), broken);
});

test("of routes that match, the order decides and says why", () => {
  const answer = ask("GET http://a/shop/", [
    host("*"),
    mapping("first", { prefix: "/shop/", precedence: 1 }),
    mapping("longer", { prefix: "/shop/" }),
    mapping("shorter", { prefix: "/" }),
  ]);
  assert.deepEqual(winnersOf(answer), { first: 100 });
  assert.deepEqual(losersOf(answer), {
    longer: "Mapping default/first comes first: its precedence is 1, not 0",
    shorter: "Mapping default/first comes first: its precedence is 1, not 0",
  });
});

test("canaries share the requests", () => {
  const objects = [host("*"), mapping("canary", { weight: 10 }), mapping("main", {}), mapping("low", { prefix: "/" })];
  assert.deepEqual(winnersOf(ask("GET http://a/", objects)), { canary: 10, low: 45, main: 45 });
});

test("an explanation names the listener, the Host and the upstream", () => {
  const answer = ask("POST http://shop.example.com/cart/7", [
    host("*.example.com"),
    mapping("cart", { prefix: "/cart/", rewrite: "/v1/", service: "cart.shop:81" }),
    rawObject("Service", "v1", { spec: { ports: [{ port: 81 }] } }, { name: "cart", namespace: "shop" }),
  ]);
  assert.equal(answer.listener && formatRef(answer.listener.at.ref), "Listener default/http");
  assert.equal(answer.domain?.name, "*.example.com");
  const [outcome] = answer.outcomes;
  assert.equal(outcome?.does.kind, "forward");
  assert.deepEqual(outcome.does.kind === "forward" && [outcome.does.path, outcome.does.host], [
    "/v1/7",
    "shop.example.com",
  ]);
  assert.equal(outcome.does.kind === "forward" && outcome.does.upstream.target, "Service shop/cart port 81");
});

test("nothing is there to answer", () => {
  const because = (request: string, ...objects: readonly RawObject[]): string | undefined => {
    const does = ask(request, objects).outcomes[0]?.does;
    return does && "because" in does ? does.because : undefined;
  };
  assert.equal(because("GET https://a/"), "nothing listens for https on this port");
  assert.equal(because("GET http://a:9999/"), "nothing listens for http on this port");
  assert.equal(because("GET http://other/", host("a"), mapping("m", {})), "no Host answers for other");
});

const module = (config: object): RawObject => rawResource("Module", "v3alpha1", { config }, { name: "ambassador" });
const authService = rawResource("AuthService", "v3alpha1", { auth_service: "127.0.0.1:9100" }, { name: "auth" });

/** What policies say first, and what happens in the end. */
function judged(request: string, objects: readonly RawObject[], more: Partial<ClientRequest> = {}): unknown {
  const parsed = parseRequest(request);
  assert.ok(typeof parsed === "object", String(parsed));
  const { outcomes } = explain(declaredOf([listener, host("*"), ...objects]), { ...parsed, ...more });
  return outcomes.map(({ at, before = [], does }) => [
    at?.ref.kind,
    before.map(({ policy }) => policy).join(),
    does.kind === "respond" ? does.status : does.kind,
  ]);
}

test("an AuthService is asked before a service is, and not about what is for nobody", () => {
  const objects = [
    mapping("open", { prefix: "/open/", bypass_auth: true }),
    mapping("m", { prefix: "/m/" }),
    authService,
  ];
  assert.deepEqual(judged("GET http://a/m/", objects), [["Mapping", "auth", "forward"]]);
  assert.deepEqual(judged("GET http://a/open/", objects), [["Mapping", "", "forward"]]);
  assert.deepEqual(judged("GET http://a/", objects), [[undefined, "", 404]]);
  const closed = rawResource("AuthService", "v3alpha1", { auth_service: "" }, { name: "auth" });
  assert.deepEqual(judged("GET http://a/m/", [mapping("m", {}), closed]), [["AuthService", "", 403]]);
});

test("addresses are let in or kept out, where they are known", () => {
  const objects = [mapping("m", {}), module({ ip_deny: [{ remote: "10.0.0.0/8" }] })];
  assert.deepEqual(judged("GET http://a/", objects), [["Mapping", "ip-allow", "forward"]]);
  assert.deepEqual(judged("GET http://a/", objects, { from: "10.1.2.3" }), [["Module", "", 403]]);
  assert.deepEqual(judged("GET http://a/", objects, { from: "127.0.0.1" }), [["Mapping", "", "forward"]]);
  // Nobody stands in front, so nobody is believed.
  const headers = [["x-forwarded-for", "10.1.2.3"]] as const;
  assert.deepEqual(judged("GET http://a/", objects, { from: "127.0.0.1", headers }), [["Mapping", "", "forward"]]);
});

test("preflights are answered for services, and for their origins", () => {
  const cors = { origins: ["https://a.test"], methods: ["PUT"] };
  const objects = [mapping("m", { cors }), mapping("go", { prefix: "/go/", host_redirect: true, cors })];
  const preflight = (origin: string) =>
    ({
      headers: [
        ["origin", origin],
        ["access-control-request-method", "PUT"],
      ],
    }) as const;
  const ask = (path: string, origin: string) => judged(`OPTIONS http://a${path}`, objects, preflight(origin));
  assert.deepEqual(ask("/", "https://a.test"), [["Mapping", "", 200]]);
  assert.deepEqual(ask("/", "https://b.test"), [["Mapping", "cors", "forward"]]);
  assert.deepEqual(ask("/go/", "https://a.test"), [["Mapping", "", "redirect"]]);
});

test("scripts and limits may have their say", () => {
  const script = "function envoy_on_request(handle) end";
  const objects = [mapping("m", {}), module({ lua_scripts: script, buffer: { max_request_bytes: 10 } })];
  assert.deepEqual(judged("POST http://a/", objects), [["Mapping", "lua,buffer", "forward"]]);
  assert.deepEqual(judged("GET http://a/", objects), [["Mapping", "lua", "forward"]]);
});

test("over HTTP/2 a redirect keeps the scheme of the request, whatever x-forwarded-proto says", () => {
  const behindProxy = rawResource(
    "Listener",
    "v3alpha1",
    { port: 8080, protocol: "HTTP", securityModel: "XFP", l7Depth: 1, hostBinding: { namespace: { from: "ALL" } } },
    { name: "http" },
  );
  const objects = [behindProxy, host("*"), mapping("go", { host_redirect: true, service: "other.test" })];
  const parsed = parseRequest("GET http://a/", ["x-forwarded-proto: https"]);
  assert.ok(typeof parsed === "object");
  const locationOver = (more: Partial<ClientRequest>) => {
    const [outcome] = explain(declaredOf(objects), { ...parsed, ...more }).outcomes;
    return outcome?.does.kind === "redirect" && outcome.does.location;
  };
  assert.equal(locationOver({}), "https://other.test/");
  assert.equal(locationOver({ http2: true }), "http://other.test/");
});

test("what is no request is said so", () => {
  assert.equal(parseRequest("GET /x"), '"GET /x" is not a request: write it as "GET https://host/path".');
  assert.equal(parseRequest("GET http://a/", ["x"]), '"x" is not a header: write it as "name: value".');
  assert.deepEqual(parseRequest("http://A:81?x#f", ["Host: b:82", "X-A:  1 "]), {
    method: "GET",
    scheme: "http",
    name: "a",
    port: 81,
    host: "b:82",
    path: "/?x",
    headers: [["x-a", "1"]],
  });
});

test("domains are chosen as Envoy chooses them", () => {
  const domains = ["a.b.c", "*.b.c", "*b.c", "*.c", "a.*", "a.b.*", "*"];
  const choose = (name: string, ignorePort = true): string | undefined => chooseDomain(domains, name, ignorePort);
  assert.equal(choose("A.B.C:80"), "a.b.c");
  assert.equal(choose("x.b.c"), "*.b.c");
  assert.equal(choose("xb.c"), "*b.c");
  assert.equal(choose("b.c"), "*.c");
  assert.equal(choose("a.b.x"), "a.b.*");
  assert.equal(choose("a.x"), "a.*");
  assert.equal(choose("x"), "*");
  assert.equal(choose("a.b.c:80", false), "a.b.*");
});

test("chains are chosen by server name", () => {
  const chain = (name: string, serverNames: readonly string[]): FilterChain => ({
    ...{ name, serverNames, listener: "l", origin: { ref: listener.ref, path: "" } },
    tls: {
      certificate: { name, kind: "certificate", secret: name },
      policy: { requireClientCertificate: false },
    },
    service: { kind: "tcp", statPrefix: "", clusters: [] },
  });
  const chains = [chain("any", []), chain("wild", ["*.c"]), chain("wilder", ["*.b.c"]), chain("exact", ["a.b.c"])];
  const choose = (name: string): string | undefined => {
    const request = parseRequest(`https://${name}/`);
    return typeof request === "object" ? chooseChain(chains, request)?.name : request;
  };
  assert.equal(choose("a.b.c"), "exact");
  assert.equal(choose("x.b.c"), "wilder");
  assert.equal(choose("b.c"), "wild");
  assert.equal(choose("c"), "any");
  assert.equal(choose("127.0.0.1"), "any");
});

test("routes are listed by host, in order, once", () => {
  const rows = listRoutes(
    declaredOf([
      listener,
      host("a"),
      host("b", "Redirect"),
      mapping("long", { prefix: "/long/", headers: { "x-tenant": "acme" }, query_parameters: { token: "canary" } }),
      mapping("go", { prefix: "/go/", host_redirect: true, service: "https://other.test", path_redirect: "/to" }),
    ]),
  );
  const shown = rows.map(({ at, hosts, path, conditions, destination }) =>
    [hosts.join(), at.ref.name, path, conditions.join(" "), destination].join(" | "),
  );
  assert.deepEqual(shown, [
    "a | long | /long/* | x-tenant=acme ?token=<redacted> | 127.0.0.1:9000 /*",
    "a | go | /go/* |  | 301 to https://other.test /to",
    "b | long | /long/* | x-tenant=acme ?token=<redacted> | 127.0.0.1:9000 /*",
    "b | go | /go/* |  | 301 to https://other.test /to",
  ]);
});
