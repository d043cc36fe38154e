/** Selectors in one line: which labels meet them, and which texts are none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { meetsLabels, parseLabelSelector } from "./label-selector.ts";

const labels = { app: "shop", tier: "", "example.com/env": "prod" };

const cases: readonly [selector: string, meets: boolean][] = [
  ["", true],
  ["app=shop", true],
  ["app == shop, tier=", true],
  ["app=cart", false],
  ["app!=cart,other!=x", true],
  ["app!=shop", false],
  ["example.com/env in (test, prod)", true],
  ["example.com/env in (test),app=shop", false],
  ["app notin (cart,tea)", true],
  ["app notin (shop)", false],
  ["tier,!other", true],
  ["!tier", false],
  ["constructor", false],
];

for (const [selector, meets] of cases) {
  test(`"${selector}" ${meets ? "is" : "is not"} met`, () => {
    assert.equal(meetsLabels(parseLabelSelector(selector) ?? assert.fail("not read"), labels), meets);
  });
}

for (const text of [",", "a=b,", "a in b", "a=b=c", "a>1", "a in (b", "=b", "a in (b c)"]) {
  test(`"${text}" is no selector`, () => assert.equal(parseLabelSelector(text), undefined));
}
