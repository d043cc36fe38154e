import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { PathMatch } from "../../ir/match.ts";
import { bucketOf, divide, isSampled, roughSize } from "./division.ts";

const prefix = (path: string, caseSensitive = true): PathMatch => ({ kind: "prefix", prefix: path, caseSensitive });
const times = (count: number, make: (i: number) => PathMatch) => Array.from({ length: count }, (_, i) => make(i));
const division = (routes: readonly PathMatch[]) => divide(routes, routes.length);

test("routes are divided by as many segments as tell them apart, else by bytes", () => {
  deepEqual(division(times(600, (i) => prefix(`/svc${i}/`))), { depth: 1, buckets: 64 });
  deepEqual(division(times(600, (i) => prefix(`/api/svc${i}/`))), { depth: 2, buckets: 64 });
  deepEqual(division(times(600, (i) => prefix(`/svc-${i + 1000}`))), { depth: -8, buckets: 64 });
  equal(division(times(3000, (i) => prefix(`/svc${i}/`)))?.buckets, 256);
});

test("of very many routes some are looked at, and these stay the same", () => {
  equal(roughSize(512), 512);
  equal(roughSize(50_000), roughSize(60_000));
  for (const size of [512, 513, 5_000, 50_000]) {
    const sampled = Array.from({ length: size }, (_, i) => isSampled(`Mapping default/mapping-${i}`, size));
    const count = sampled.filter(Boolean).length;
    ok(count >= 200 && count <= 600, `${count} of ${size}`);
  }
});

test("routes that are for any path, or all begin alike, are not divided", () => {
  equal(division(times(600, (i) => ({ kind: "regex", regex: `/.*${i}` }))), undefined);
  equal(division(times(600, (i) => prefix(`/svc${i}/`, false))), undefined);
  equal(division(times(600, () => prefix("/"))), undefined);
});

test("a route has a bucket only if all its paths have the same", () => {
  const bySegment = { depth: 2, buckets: 64 };
  const bucket = (match: PathMatch) => bucketOf(match, bySegment);
  ok(bucket(prefix("/a/b/")) !== undefined);
  equal(bucket(prefix("/a/b")), undefined);
  equal(bucket({ kind: "segments", prefix: "/a/b" }), bucket(prefix("/a/b/")));
  equal(bucket({ kind: "exact", path: "/a/b", caseSensitive: true }), bucket(prefix("/a/b/c/d")));
  equal(bucket({ kind: "exact", path: "/a/b", caseSensitive: false }), undefined);
  ok(bucket({ kind: "exact", path: "/a", caseSensitive: true }) !== undefined);
  equal(bucketOf(prefix("/sv"), { depth: -4, buckets: 64 }), undefined);
  equal(bucketOf(prefix("/svc"), { depth: -4, buckets: 64 }), bucketOf(prefix("/svc-1"), { depth: -4, buckets: 64 }));
});
