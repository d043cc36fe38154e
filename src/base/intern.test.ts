import { equal } from "node:assert/strict";
import { test } from "node:test";
import { intern } from "./intern.ts";

test("every text stays what it is, however often and in whatever company", () => {
  const odd = ["", "0", "8080", "4294967295", "__proto__", "constructor", "toString", "hasOwnProperty", "\0", "\ud800"];
  const long = "x".repeat(100_000);
  for (let round = 0; round < 300; round++) {
    for (const text of [...odd, long, "quote", "größe", `Mapping.getambassador.io/default/mapping-${round}`]) {
      equal(intern(text), text);
    }
  }
});
