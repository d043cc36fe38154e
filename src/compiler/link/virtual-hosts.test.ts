import { deepEqual, equal, notEqual } from "node:assert/strict";
import { test } from "node:test";
import { collection, index, reads } from "../../../test/reads.ts";
import type { HostDecl, InsecureAction } from "../ir/host.ts";
import type { SecurityModel } from "../ir/listener.ts";
import type { SecretUse } from "../ir/secret.ts";
import type { Domain, Table, VirtualHostPlan } from "../ir/virtual-host.ts";
import {
  connectionClass,
  linkVirtualHost,
  type PlannedDomain,
  planKey,
  planVirtualHost,
  tableName,
} from "./virtual-hosts.ts";

const certificate: SecretUse = { name: "n/cert", kind: "certificate", secret: "n/cert" };
const validation: SecretUse = { name: "n/ca", kind: "validation", secret: "n/ca" };
const origin = { ref: { group: "getambassador.io", kind: "Host", namespace: "n", name: "h" }, path: "" };

function host(more: Partial<HostDecl> = {}): HostDecl {
  return { key: "h", origin, created: "", namespace: "n", labels: {}, glob: "a.test", insecure: "redirect", ...more };
}

const withTls = (requireClientCertificate: boolean, checked: boolean): HostDecl =>
  host({ tls: { certificate, policy: { requireClientCertificate, ...(checked ? { validation } : {}) } } });

test("the class of a host's connections is its rule for client certificates", () => {
  equal(connectionClass(host()), "open");
  equal(connectionClass(withTls(false, false)), "open");
  equal(connectionClass(withTls(false, true)), "client-optional-n/ca");
  equal(connectionClass(withTls(true, true)), "client-required-n/ca");
  equal(connectionClass(withTls(true, false)), "client-required-any");
  equal(connectionClass(host({ tlsBroken: true })), "none");
});

const tables: readonly Table[] = ["open", "client-required-n/ca", "client-optional-n/ca"].map((of) => ({
  name: tableName("site", of),
  site: "site",
  class: of,
}));

function plans(of: HostDecl, security: SecurityModel, sets: readonly string[] = []): readonly PlannedDomain[] {
  const lookup = {
    sets: collection(Object.fromEntries(sets.map((set) => [set, set]))),
    irregular: index({ "": sets.filter((set) => set.endsWith("*") && set !== "*") }),
    suffixes: index({ "": sets.filter((set) => set.startsWith("*")) }),
    tables: index({ site: tables }),
  };
  const domain: Domain = { site: "site", security, glob: of.glob, text: of.glob, host: of };
  return [...planVirtualHost(lookup)(domain, reads).out].map(([, planned]) => planned);
}

/** What a host's name shows in the table of each class: exposure, and to whom it answers 421. */
function shown(of: HostDecl, security: SecurityModel): readonly string[] {
  return plans(of, security).map(({ plan }) => [plan.exposure, plan.misdirected ?? ""].join(" ").trim());
}

test("a name is shown in full to connections of its own class only", () => {
  const clients = withTls(true, true);
  const broken = host({ tlsBroken: true });
  const as = (of: HostDecl, insecure: InsecureAction): HostDecl => ({ ...of, insecure });
  const rows: readonly (readonly [what: string, of: HostDecl, security: SecurityModel, shown: readonly string[]])[] = [
    ["open XFP route", as(host(), "route"), "XFP", ["direct", "hidden all", "hidden all"]],
    ["open XFP redirect", as(host(), "redirect"), "XFP", ["redirect", "hidden all", "hidden all"]],
    ["open XFP reject", as(host(), "reject"), "XFP", ["secure-only", "hidden all", "hidden all"]],
    ["open SECURE", as(host(), "reject"), "SECURE", ["direct", "hidden all", "hidden all"]],
    ["open INSECURE route", as(host(), "route"), "INSECURE", ["direct", "hidden all", "hidden all"]],
    ["open INSECURE redirect", as(host(), "redirect"), "INSECURE", ["redirect-only", "hidden all", "hidden all"]],
    ["open INSECURE reject", as(host(), "reject"), "INSECURE", ["hidden", "hidden all", "hidden all"]],
    ["clients XFP route", as(clients, "route"), "XFP", ["direct marked", "direct", "hidden all"]],
    ["clients XFP redirect", as(clients, "redirect"), "XFP", ["redirect-only marked", "redirect", "hidden all"]],
    ["clients XFP reject", as(clients, "reject"), "XFP", ["hidden marked", "secure-only", "hidden all"]],
    ["clients SECURE", as(clients, "route"), "SECURE", ["hidden all", "direct", "hidden all"]],
    ["clients INSECURE", as(clients, "reject"), "INSECURE", ["hidden", "hidden", "hidden all"]],
    ["broken XFP redirect", as(broken, "redirect"), "XFP", ["redirect-only marked", "hidden all", "hidden all"]],
    ["broken XFP reject", as(broken, "reject"), "XFP", ["hidden marked", "hidden all", "hidden all"]],
    ["broken SECURE", as(broken, "route"), "SECURE", ["hidden all", "hidden all", "hidden all"]],
  ];
  for (const [what, of, security, expected] of rows) deepEqual(shown(of, security), expected, what);
});

test("a name inherits its own set, those above it, and conditionally those that overlap", () => {
  const sets = ["a.test", "*.test", "*", "b.test", "*.other", "a.*", "~regex", "~selected"];
  const inherits = (of: HostDecl): readonly string[] =>
    (plans(of, "XFP", sets)[0]?.plan.inherits ?? []).map(({ set, conditional }) => (conditional ? `?${set}` : set));
  deepEqual(inherits(host()), ["a.test", "*.test", "*", "a.*", "?~regex"]);
  deepEqual(inherits(host({ selector: { app: "x" } })), ["a.test", "*.test", "*", "a.*", "?~regex", "~selected"]);
  deepEqual(inherits(host({ glob: "*.test" })), ["*.test", "*", "?a.*", "?~regex"]);
  deepEqual(inherits(host({ glob: "a.*" })), ["a.*", "*", "?*.test", "?*.other", "?~regex"]);
  deepEqual(inherits(host({ glob: "*" })), ["*", "?~regex"]);
  deepEqual(inherits(host({ glob: "z.example" })), ["*", "?~regex"]);
});

test("names share a virtual host exactly when their plans are equal", () => {
  const plan: VirtualHostPlan = { table: "t", exposure: "direct", inherits: [{ set: "*" }] };
  const key = (more: Partial<VirtualHostPlan>): string => planKey({ domain: "a", plan: { ...plan, ...more } });
  equal(key({}), planKey({ domain: "b", plan }));
  equal(key({ selector: { a: "1", b: "2" } }), key({ selector: { b: "2", a: "1" } }));
  const others: readonly Partial<VirtualHostPlan>[] = [
    { table: "u" },
    { exposure: "redirect" },
    { misdirected: "all" },
    { misdirected: "marked" },
    { selector: {} },
    { selector: { a: "1" } },
    { inherits: [] },
    { inherits: [{ set: "*", conditional: true }] },
  ];
  for (const other of others) notEqual(key(other), key({}), JSON.stringify(other));
  notEqual(key({ selector: { a: "1,b=2" } }), key({ selector: { a: "1", b: "2" } }));
  notEqual(key({ selector: { a: "1|x" } }), key({ selector: { a: "1" } }));
});

test("a virtual host has the names of its plan, sorted", () => {
  const plan: VirtualHostPlan = { table: "t", exposure: "direct", inherits: [] };
  const members = ["b.test", "a.test", "*.test"].map((domain) => ({ plan, domain }));
  const [only] = [...linkVirtualHost(members, reads, "k").out];
  deepEqual(only?.[1].domains, ["*.test", "a.test", "b.test"]);
});
