import { equal } from "node:assert/strict";
import { test } from "node:test";
import { isIp } from "./ip.ts";

test("addresses are told from names", () => {
  for (const text of ["1.2.3.4", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:DB8::1", "::ffff:1.2.3.4"])
    equal(isIp(text), true, text);
  const names = [
    "",
    "a",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4",
    "1.2.3.4:80",
    "[::1]",
    "::1/64",
    "fe80::1%eth0",
  ];
  for (const text of [...names, ":", ":::", "1::2::3", "::g", "1.2.3.4 ", "a:b"]) equal(isIp(text), false, text);
});
