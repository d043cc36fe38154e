import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import {
  canonicalHost,
  compareSpecificity,
  covers,
  type HostGlob,
  matchesName,
  overlaps,
  parseGlob,
  splitPort,
} from "./hostname.ts";

const glob = (text: string): HostGlob => {
  const parsed = parseGlob(text);
  if (!parsed) throw new Error(`not a glob: ${text}`);
  return parsed;
};

test("patterns are taken apart", () => {
  const kinds: readonly (readonly [string, HostGlob["kind"] | undefined, string?])[] = [
    ["*", "any", ""],
    ["a.test", "exact", "a.test"],
    ["A.Test.", "exact", "a.test"],
    ["a_b.test", "exact", "a_b.test"],
    ["[::1]", "exact", "[::1]"],
    ["*.test", "suffix", ".test"],
    ["*test", "suffix", "test"],
    ["a.*", "prefix", "a."],
    ["**", undefined],
    ["a.*.test", undefined],
    ["*.a.*", undefined],
    ["a b", undefined],
    ["a\n", undefined],
    ["a\0", undefined],
    ["a/b", undefined],
    ["ü.test", undefined],
    ["a@b", undefined],
  ];
  for (const [text, kind, literal] of kinds) {
    const parsed = parseGlob(text);
    deepEqual([parsed?.kind, parsed?.literal], [kind, literal], text);
  }
});

test("names are compared in lower case, without a trailing dot", () => {
  deepEqual(["A.TEST", "a.test.", ".", ""].map(canonicalHost), ["a.test", "a.test", ".", ""]);
});

test("ports are taken off names and bracketed addresses", () => {
  deepEqual(splitPort("a.test:80"), { name: "a.test", port: 80 });
  deepEqual(splitPort("[::1]:80"), { name: "[::1]", port: 80 });
  for (const name of ["a.test", "::1", "[::1]", "a:b", "a:", "a:123456"]) deepEqual(splitPort(name), { name });
});

test("a pattern covers what it matches in full, and a * at least one character", () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ["*", "a.*", true],
    ["*.test", "a.test", true],
    ["*.test", "a.b.test", true],
    ["*.test", ".test", false],
    ["*.test", "test", false],
    ["*test", "test", false],
    ["*.test", "*.b.test", true],
    ["*.b.test", "*.test", false],
    ["a.*", "a.test", true],
    ["a.*", "a.", false],
    ["a.*", "a.b*", true],
    ["*.test", "*", false],
    ["*.test", "a.*", false],
    ["a.test", "*.test", false],
  ];
  for (const [outer, inner, expected] of rows) equal(covers(glob(outer), glob(inner)), expected, `${outer} ${inner}`);
});

test("a leading and a trailing wildcard always overlap, two of a kind only when one covers the other", () => {
  equal(overlaps(glob("*.test"), glob("a.*")), true);
  equal(overlaps(glob("*.a.test"), glob("*.b.test")), false);
  equal(overlaps(glob("*.test"), glob("*.b.test")), true);
  equal(overlaps(glob("a.test"), glob("*.test")), true);
});

test("names are matched as Envoy matches them", () => {
  equal(matchesName(glob("*.test"), "a.b.test"), true);
  equal(matchesName(glob("*"), "anything"), true);
  equal(matchesName(glob("a.test"), "b.test"), false);
});

test("the most specific comes first: exact, longest suffix, longest prefix, any", () => {
  const sorted = ["*", "a.*", "*.test", "a.test", "a.b*", "*.b.test"].map(glob).sort(compareSpecificity);
  deepEqual(
    sorted.map(({ text }) => text),
    ["a.test", "*.b.test", "*.test", "a.b*", "a.*", "*"],
  );
});
