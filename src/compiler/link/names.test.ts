import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { covers, type HostGlob, matchesName, parseGlob } from "#base/hostname.ts";
import { coveringKeys, isIrregular, mostSpecific, regexSet, relation, routeSet, selectedSet } from "./names.ts";

function glob(text: string): HostGlob {
  const parsed = parseGlob(text);
  if (!parsed) throw new Error(`not a glob: ${text}`);
  return parsed;
}

test("the set of a route", () => {
  equal(routeSet({ kind: "glob", glob: "*.test" }), "*.test");
  equal(routeSet({ kind: "regex", regex: ".*" }), regexSet);
  equal(routeSet({ kind: "selected" }), selectedSet);
  // Were they host names, clients could ask for them.
  deepEqual([parseGlob(regexSet), parseGlob(selectedSet)], [undefined, undefined]);
});

test("the regular globs above a glob, most specific first", () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["a.b.c", ["*.b.c", "*.c", "*"]],
    ["*.b.c", ["*.c", "*"]],
    ["*b.c", ["*.c", "*"]],
    ["localhost", ["*"]],
    ["*.c", ["*"]],
    ["a.*", ["*"]],
    ["*", []],
    [".a", ["*"]],
  ];
  for (const [text, keys] of rows) deepEqual(coveringKeys(glob(text)), keys, text);
  for (const [text, keys] of rows) for (const key of keys) equal(covers(glob(key), glob(text)), true, `${key} ${text}`);
});

test("irregular globs are those that no name leads to", () => {
  for (const text of ["a.*", "a*", "*b.c"]) equal(isIrregular(glob(text)), true, text);
  for (const text of ["*", "*.c", "a.b"]) equal(isIrregular(glob(text)), false, text);
});

test("a set has all, some or none of a name's requests", () => {
  const rows: readonly (readonly [set: string, name: string, "all" | "some" | "none"])[] = [
    ["*", "a.test", "all"],
    ["*.test", "a.test", "all"],
    ["*.test", "*.a.test", "all"],
    ["a.test", "a.test", "all"],
    ["a.test", "*.test", "none"],
    ["*.a.test", "*.test", "none"],
    ["a.*", "*.test", "some"],
    ["*.test", "a.*", "some"],
    ["a.*", "b.*", "none"],
    ["a.test", "b.test", "none"],
  ];
  for (const [set, name, expected] of rows) equal(relation(glob(set), glob(name)), expected, `${set} ${name}`);
});

test("the most specific of those that cover a name", () => {
  const candidates = ["*", "*.test", "*.a.test", "b*", "x.a.test"].map((text) => ({ glob: text }));
  const best = (name: string): string | undefined => mostSpecific(candidates, glob(name))?.glob;
  deepEqual(["x.a.test", "y.a.test", "z.test", "b.example", "other"].map(best), [
    "x.a.test",
    "*.a.test",
    "*.test",
    "b*",
    "*",
  ]);
  equal(mostSpecific([{ glob: "*.test" }], glob("a.example")), undefined);
  equal(matchesName(glob("*.a.test"), "x.a.test"), true);
});
