import { equal } from "node:assert/strict";
import { test } from "node:test";
import { rawResource } from "../../../test/raw-object.ts";
import { quotedIn } from "./quoted.ts";

const mapping = (name: string, spec: object) => rawResource("Mapping", "v3alpha1", spec, { name });
const objects = [
  mapping("short", { prefix: "/", service: "a" }),
  mapping("part", { prefix: "/shop" }),
  mapping("whole", { headers: [{ value: "/shop/[a-z]{9}" }] }),
];

test("the object with the longest value that is quoted", () => {
  const message = "regex '/shop/[a-z]{9}' RE2 program size of 11 > max program size of 10";
  equal(quotedIn(message, objects)?.object.ref.name, "whole");
  equal(quotedIn(message, objects.slice(0, 2))?.text, "/shop");
  equal(quotedIn(message, objects.slice(0, 1)), undefined);
  equal(quotedIn("a/b", objects), undefined);
});
