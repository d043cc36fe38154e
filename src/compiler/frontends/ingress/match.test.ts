import assert from "node:assert/strict";
import { test } from "node:test";
import { isPath, lowerHostName } from "../ingress-names.ts";

const hosts: readonly (readonly [host: string, glob: string | undefined])[] = [
  ["", "*"],
  ["*", "*"],
  ["Shop.Test", "shop.test"],
  ["shop.test.", "shop.test"],
  ["*.shop.test", "*.shop.test"],
  ["*shop.test", undefined],
  ["*..test", undefined],
  ["shop.*", undefined],
  ["a.*.test", undefined],
  ["shop.test:80", undefined],
  ["[::1]", undefined],
  ["shöp.test", undefined],
];

for (const [host, glob] of hosts) {
  test(`the host ${JSON.stringify(host)} is ${glob ?? "none"}`, () => assert.equal(lowerHostName(host)?.text, glob));
}

test("a path begins with a slash and holds what a request's path can hold", () => {
  for (const path of ["/", "/a/b/", "/a%20b", "/~a;b=c,d"]) assert.ok(isPath(path), path);
  for (const path of ["", "a", "/a b", "/a?b", "/a#b", "/ä", "/\u0000"]) assert.ok(!isPath(path), path);
});
