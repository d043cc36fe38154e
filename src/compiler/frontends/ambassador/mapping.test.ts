/** What Mappings do with the requests that they match. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { ResourceRef } from "#base/origin.ts";
import { rawResource } from "../../../../test/raw-object.ts";
import { collection, index, reads } from "../../../../test/reads.ts";
import { admit, type Mapping } from "../../api/index.ts";
import type { PolicyUse, RouteDecl } from "../../ir/route.ts";
import { defaultSettings, type Settings } from "../../settings.ts";
import { lowerRouteDefaults, type RouteDefaults } from "./defaults.ts";
import { lowerMapping } from "./mapping.ts";
import type { ResolverDecl } from "./resolver.ts";
import type { ContextDecl } from "./tls.ts";

function lower(spec: object, defaults?: RouteDefaults, broken?: true) {
  const raw = rawResource("Mapping", "v3alpha1", { hostname: "*", prefix: "/a/", service: "quote", ...spec });
  const lookup = {
    contexts: collection<ContextDecl>(),
    byName: index<ContextDecl>(),
    settings: collection<Settings>(),
    resolvers: index<ResolverDecl>(),
    defaults: collection(defaults ? { "": defaults } : {}),
    policies: collection<Readonly<Record<string, PolicyUse>>>(),
    authServices: index<ResourceRef>(),
  };
  const mapping = admit(raw, defaultSettings).value as Mapping;
  const { out, diagnostics = [] } = lowerMapping(lookup)({ mapping, ...(broken ? { broken } : {}) }, reads, "key");
  const [[, decl] = []] = [...out];
  return { decl, found: diagnostics.map(({ code, at }) => `${code} ${at.path}`) };
}

function forwardOf(decl: RouteDecl | undefined) {
  if (decl?.action.kind !== "forward") throw new Error("it does not forward");
  const { kind: _, cluster: __, ...rest } = decl.action;
  return rest;
}

const usual = { rewrite: { kind: "prefix", to: "/" }, timeoutMs: 3000, upgrades: [] };

test("forwarding", () => {
  const rows: readonly (readonly [object, object, ...string[]])[] = [
    [{}, {}],
    [{ rewrite: "/b/" }, { rewrite: { kind: "prefix", to: "/b/" } }],
    [{ rewrite: "" }, { rewrite: undefined }],
    [{ timeout_ms: 0 }, { timeoutMs: 0 }],
    [{ idle_timeout_ms: 5 }, { idleTimeoutMs: 5 }],
    [{ host_rewrite: "b.test" }, { hostRewrite: { kind: "literal", value: "b.test" } }],
    [{ auto_host_rewrite: true }, { hostRewrite: { kind: "auto" } }],
    [{ host_rewrite: "b.test", auto_host_rewrite: true }, { hostRewrite: { kind: "literal", value: "b.test" } }],
    [{ priority: "HIGH" }, { priority: "high" }],
    [{ priority: "default" }, {}],
    [{ priority: "urgent" }, {}, "mapping/invalid-priority .spec.priority"],
    [{ use_websocket: true }, { upgrades: ["websocket"] }],
    [{ use_websocket: true, allow_upgrade: ["WebSocket", "spdy/3.1"] }, { upgrades: ["websocket", "spdy/3.1"] }],
    [
      { regex_rewrite: { pattern: "a", substitution: "b" } },
      { rewrite: { kind: "regex", pattern: "a", substitution: "b" } },
    ],
    [
      { regex_rewrite: { pattern: "a", substitution: "b" }, rewrite: "/c/" },
      { rewrite: { kind: "regex", pattern: "a", substitution: "b" } },
      "mapping/two-rewrites .spec.rewrite",
    ],
    [{ path_redirect: "/b/" }, {}, "mapping/redirect-without-host .spec.path_redirect"],
  ];
  for (const [spec, more, ...problems] of rows) {
    const { decl, found } = lower(spec);
    const expected = Object.entries({ ...usual, ...more }).filter(([, value]) => value !== undefined);
    deepEqual(forwardOf(decl), Object.fromEntries(expected), JSON.stringify(spec));
    deepEqual(found, problems, JSON.stringify(spec));
  }
});

test("redirecting", () => {
  const rows: readonly (readonly [object, object, ...string[]])[] = [
    [{}, { host: "quote", status: 301 }],
    [{ service: "https://b.test:8443" }, { host: "b.test", port: 8443, https: true, status: 301 }],
    [{ service: "[::1]:80" }, { host: "[::1]", port: 80, status: 301 }],
    [{ redirect_response_code: 308 }, { host: "quote", status: 308 }],
    [{ path_redirect: "/b" }, { host: "quote", path: { kind: "path", to: "/b" }, status: 301 }],
    [{ prefix_redirect: "/b" }, { host: "quote", path: { kind: "prefix", to: "/b" }, status: 301 }],
    [
      { path_redirect: "/b", prefix_redirect: "/c" },
      { host: "quote", path: { kind: "path", to: "/b" }, status: 301 },
      "mapping/redirect-conflict .spec.prefix_redirect",
    ],
  ];
  for (const [spec, expected, ...problems] of rows) {
    const { decl, found } = lower({ host_redirect: true, ...spec });
    deepEqual(decl?.action, { kind: "redirect", ...expected }, JSON.stringify(spec));
    deepEqual(found, problems, JSON.stringify(spec));
  }
});

test("what cannot be forwarded answers 503, and so does what is left of a broken one", () => {
  const { decl, found } = lower({ resolver: "nobody" });
  deepEqual(decl?.action, { kind: "respond", status: 503 });
  deepEqual(found, ["service/unknown-resolver .spec.resolver"]);
  const rest = lower({ add_request_headers: { "x-a": { value: "b" } } }, undefined, true);
  deepEqual(rest.decl?.action, { kind: "respond", status: 503 });
  equal(rest.decl?.match.path.kind, "prefix");
});

test("header edits of its own mask the Module's, even when empty", () => {
  const defaults = lowerRouteDefaults({
    defaults: {
      add_request_headers: { "x-all": { value: "1", append: true } },
      httpmapping: {
        remove_response_headers: ["server"],
        add_request_headers: { "x-http": { value: "2", append: true } },
      },
    },
  });
  const names = (spec: object): readonly string[] =>
    lower(spec, defaults).decl?.headers.addRequest.map(({ name }) => name) ?? [];
  deepEqual(names({}), ["x-http"]);
  deepEqual(names({ add_request_headers: { "x-own": { value: "3" } } }), ["x-own"]);
  deepEqual(names({ add_request_headers: {} }), []);
  deepEqual(lower({}, defaults).decl?.headers.removeResponse, ["server"]);
  deepEqual(lower({ remove_response_headers: [] }, defaults).decl?.headers.removeResponse, []);
});

test("the Module's timeout counts where the Mapping has none", () => {
  const defaults = lowerRouteDefaults({ cluster_request_timeout_ms: 7000 });
  equal(forwardOf(lower({}, defaults).decl).timeoutMs, 7000);
  equal(forwardOf(lower({ timeout_ms: 0 }, defaults).decl).timeoutMs, 0);
});
