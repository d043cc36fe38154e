/** What Mappings match, and where that puts them in the order. */
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { rawResource } from "../../../../test/raw-object.ts";
import { admit, type Mapping } from "../../api/index.ts";
import { compareOrder } from "../../link/order.ts";
import { defaultSettings } from "../../settings.ts";
import { type LoweredMatch, lowerMatch } from "./match.ts";

function lower(spec: object, version = "v3alpha1", name = "m"): LoweredMatch {
  const raw = rawResource("Mapping", version, { prefix: "/", service: "s", ...spec }, { name });
  const { spec: admitted, labels, ref } = admit(raw, defaultSettings).value as Mapping;
  const matched = lowerMatch(admitted, labels, { ref, path: "" });
  if (!matched) throw new Error("no match");
  return matched;
}

test("paths", () => {
  const rows: readonly (readonly [object, object])[] = [
    [{ prefix: "/a" }, { kind: "prefix", prefix: "/a", caseSensitive: true }],
    [
      { prefix: "/a", case_sensitive: false },
      { kind: "prefix", prefix: "/a", caseSensitive: false },
    ],
    [
      { prefix: "/a", prefix_exact: true },
      { kind: "exact", path: "/a", caseSensitive: true },
    ],
    [
      { prefix: "/a.*", prefix_regex: true },
      { kind: "regex", regex: "/a.*" },
    ],
    [
      { prefix: "/a", prefix_regex: true, prefix_exact: true },
      { kind: "regex", regex: "/a" },
    ],
  ];
  for (const [spec, path] of rows) deepEqual(lower(spec).match.path, path, JSON.stringify(spec));
});

test("host names", () => {
  const rows: readonly (readonly [object, object])[] = [
    [{}, { kind: "selected" }],
    [{ hostname: "" }, { kind: "selected" }],
    [{ hostname: "A.Test." }, { kind: "glob", glob: "a.test" }],
    [{ hostname: "*.test:8443" }, { kind: "glob", glob: "*.test" }],
    [{ host: "a.test" }, { kind: "glob", glob: "a.test" }],
    [
      { host: "a.*", host_regex: true },
      { kind: "regex", regex: "a.*" },
    ],
    [
      { hostname: "a.test", host: "b.test" },
      { kind: "glob", glob: "a.test" },
    ],
    [{ headers: { ":Authority": "a.test" } }, { kind: "glob", glob: "a.test" }],
  ];
  for (const [spec, hosts] of rows) deepEqual(lower(spec).hosts, hosts, JSON.stringify(spec));
  deepEqual(lower({}, "v2").hosts, { kind: "glob", glob: "*" });
  deepEqual(lower({}, "v0").hosts, { kind: "glob", glob: "*" });
});

test("conditions on headers and parameters, sorted by name", () => {
  const { match } = lower({
    headers: { "x-b": "2", "x-a": "1" },
    regex_headers: { "x-c": "3.*" },
    method: "GET",
    query_parameters: { b: "2", a: "" },
    regex_query_parameters: { c: "." },
  });
  deepEqual(
    match.headers.map(({ name, match: { kind } }) => `${name} ${kind}`),
    ["x-a exact", "x-b exact", "x-c regex", ":method exact"],
  );
  deepEqual(
    match.query.map(({ name, match: { kind } }) => `${name} ${kind}`),
    ["a exact", "b exact", "c regex"],
  );
  deepEqual(lower({ method: "GET|PUT", method_regex: true }).match.headers, [
    { name: ":method", match: { kind: "regex", regex: "GET|PUT" } },
  ]);
  deepEqual(lower({ method: "" }).match.headers, []);
  deepEqual(lower({ headers: { "x-a": true } }, "v2").match.headers, [{ name: "x-a", match: { kind: "present" } }]);
});

test("x-forwarded-proto is kept apart, because Hosts treat it", () => {
  const { match } = lower({ headers: { "X-Forwarded-Proto": "https", "x-a": "1" } });
  equal(match.proto, "https");
  deepEqual(
    match.headers.map(({ name }) => name),
    ["x-a"],
  );
  equal(lower({ headers: { "x-forwarded-proto": "gopher" } }).match.proto, undefined);
});

test("objects for the same requests have the same key, and no others", () => {
  const key = (spec: object, version?: string): string => lower({ hostname: "*", ...spec }, version).matchKey;
  equal(key({}), lower({ hostname: "*" }, "v3alpha1", "other").matchKey);
  equal(key({ headers: { a: "1", b: "2" } }), key({ headers: { b: "2", a: "1" } }));
  equal(lower({}, "v2").matchKey, key({}));
  const others: readonly object[] = [
    { prefix: "/a" },
    { prefix_exact: true },
    { case_sensitive: false },
    { hostname: "a.test" },
    { headers: { a: "1" } },
    { regex_headers: { a: "1" } },
    { method: "GET" },
    { precedence: 1 },
    { query_parameters: { a: "1" } },
  ];
  const keys = others.map((spec) => key(spec));
  equal(new Set([key({}), ...keys]).size, keys.length + 1);
  notEqual(key({ headers: { a: "1" } }), key({ regex_headers: { a: "1" } }));
});

test("what comes first", () => {
  const rows: readonly (readonly [first: object, second: object])[] = [
    [{ prefix: "/", precedence: 1 }, { prefix: "/longer" }],
    [{ prefix: "/longer" }, { prefix: "/" }],
    [{ prefix: "/a", headers: { x: "1" } }, { prefix: "/a" }],
    [
      { prefix: "/a", hostname: "a.test" },
      { prefix: "/a", hostname: "*" },
    ],
    [{ prefix: "/a", hostname: "*" }, { prefix: "/a" }],
    [
      { prefix: "/a", headers: { x: "long" } },
      { prefix: "/a", headers: { x: "1" } },
    ],
    [
      { prefix: "/a", regex_headers: { x: "1" } },
      { prefix: "/a", headers: { x: "1" } },
    ],
    [{ prefix: "/a", method: "GET" }, { prefix: "/a" }],
    [{ prefix: "/a", query_parameters: { x: "1" } }, { prefix: "/a" }],
    [{ prefix: "/b" }, { prefix: "/a" }],
    [{ prefix: "/a" }, { prefix: "/a", precedence: -1 }],
  ];
  for (const [first, second] of rows) {
    const what = JSON.stringify([first, second]);
    ok(compareOrder(lower(first).order, lower(second).order) < 0, what);
  }
  ok(compareOrder(lower({}, "v3alpha1", "b").order, lower({}, "v3alpha1", "a").order) < 0, "the later name first");
});
