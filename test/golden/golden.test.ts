/** Every golden case, compiled and compared with its files. CASE selects by a part of the name; UPDATE=1 rewrites. */
import { test } from "node:test";
import { caseNames } from "../envoy/case-directory.ts";
import { checkCompiled } from "../envoy/golden.ts";

const { CASE, UPDATE } = process.env;

for (const name of caseNames(CASE)) {
  test(name, () => checkCompiled(name, Boolean(UPDATE)));
}
