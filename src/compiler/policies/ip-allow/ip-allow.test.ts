import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary, toJson } from "@bufbuild/protobuf";
import { RBACSchema } from "#gen/envoy/extensions/filters/http/rbac/v3/rbac_pb.js";
import type { ModuleConfig } from "../../api/index.ts";
import { ipAllow } from "./ip-allow.ts";
import { isInRange, parseRange } from "./range.ts";

const at = { ref: { group: "getambassador.io", kind: "Module", namespace: "a", name: "b" }, path: ".spec.config" };

function compile(config: ModuleConfig): unknown {
  const { value, diagnostics } = ipAllow.lower(config, at);
  const rbac = value && fromBinary(RBACSchema, ipAllow.emit(value).value);
  const rules = rbac && (toJson(RBACSchema, rbac) as { rules: { action?: string; policies?: object } }).rules;
  return {
    ...(rules ? { action: rules.action ?? "ALLOW", policies: Object.keys(rules.policies ?? {}) } : {}),
    codes: diagnostics.map(({ code }) => code),
  };
}

test("ranges as users write them", () => {
  const good = ["10.0.0.0/8", "10.1.2.3", "0.0.0.0/0", "2001:db8::/32", "::1", "::ffff:10.0.0.1/128", " 10.0.0.1 "];
  const lengths = [8, 32, 0, 32, 128, 128, 32];
  assert.deepEqual(
    good.map((text) => parseRange(text)?.bits),
    lengths,
  );
  const bad = ["", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0", "10.0.0.0/-1", "10.0.0.0/8/8", "localhost"];
  const worse = ["[::1]", "fe80::1%eth0", "10.0.0.0/8.0", "010.0.0.1", "*"];
  assert.deepEqual(
    [...bad, ...worse].filter((text) => parseRange(text)),
    [],
  );
});

test("addresses in ranges", () => {
  const isIn = (address: string, text: string): boolean => {
    const range = parseRange(text);
    return range !== undefined && isInRange(address, range);
  };
  const inside = [
    ["10.1.2.3", "10.0.0.0/8"],
    ["10.1.2.3", "10.1.2.2/31"],
    ["203.0.113.7", "0.0.0.0/0"],
    ["::1", "::/64"],
    ["2001:db8::1:2", "2001:DB8:0:0::/96"],
    ["::ffff:10.0.0.1", "::ffff:a00:0/104"],
  ] as const;
  for (const [address, range] of inside) assert.equal(isIn(address, range), true, `${address} ${range}`);
  const outside = [
    ["10.1.2.3", "10.1.2.4/31"],
    ["11.0.0.0", "10.0.0.0/8"],
    ["10.0.0.1", "::/0"],
    ["::1", "0.0.0.0/0"],
    ["2001:db9::1", "2001:db8::/32"],
  ] as const;
  for (const [address, range] of outside) assert.equal(isIn(address, range), false, `${address} ${range}`);
});

test("a wrong entry never lets anybody in", () => {
  const nobody = { action: "ALLOW", policies: [], codes: ["ip-allow/invalid-entry", "compat/ip-allow-nobody"] };
  for (const ip_allow of ["10.0.0.0/8", [{}], [null], [{ peer: 1 }], [["peer"]], 5, { peer: "10.0.0.1" }]) {
    assert.deepEqual(compile({ ip_allow }), nobody);
  }
  assert.deepEqual(compile({ ip_allow: [{ peer: "10.0.0.1" }, { peer: "x" }] }), {
    action: "ALLOW",
    policies: ["ambassador-ip-allow"],
    codes: ["ip-allow/invalid-entry"],
  });
  assert.deepEqual(compile({ ip_deny: [{ peer: "x" }] }), { codes: ["ip-allow/invalid-entry"] });
});

test("nothing, null and empty lists switch nothing on", () => {
  assert.deepEqual(compile({}), { codes: [] });
  assert.deepEqual(compile({ ip_allow: null, ip_deny: null }), { codes: [] });
  assert.deepEqual(compile({ ip_allow: [] }), { codes: ["ip-allow/empty"] });
});

test("of both lists ip_allow counts, also when nothing of it can be used", () => {
  assert.deepEqual(compile({ ip_allow: [{ peer: "x" }], ip_deny: [{ peer: "10.0.0.1" }] }), {
    action: "ALLOW",
    policies: [],
    codes: ["ip-allow/invalid-entry", "compat/ip-allow-nobody", "ip-allow/two-lists"],
  });
});
