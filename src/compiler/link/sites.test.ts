import { deepEqual, equal, notEqual } from "node:assert/strict";
import { test } from "node:test";
import { index, reads } from "../../../test/reads.ts";
import type { HostDecl } from "../ir/host.ts";
import type { HostBinding, ListenerDecl, SecurityModel } from "../ir/listener.ts";
import type { Site } from "../ir/virtual-host.ts";
import { byClaim, claimedName, linkClaims, linkDomain, siteOf } from "./sites.ts";

const ref = (name: string) => ({ group: "getambassador.io", kind: "Host", namespace: "n", name });

function host(more: Partial<HostDecl> = {}): HostDecl {
  const { key = "h" } = more;
  const origin = { ref: ref(key), path: "" };
  return { key, origin, created: "", namespace: "n", labels: {}, glob: "a.test", insecure: "redirect", ...more };
}

function site(binding: HostBinding, security: SecurityModel = "XFP"): Site {
  return siteOf({ binding, security } as ListenerDecl);
}

const all: HostBinding = { kind: "hosts", selector: {} };

test("which Hosts a site takes", () => {
  const labelled = host({ labels: { app: "shop", tier: "web" } });
  const rows: readonly (readonly [HostBinding, HostDecl, boolean])[] = [
    [all, host(), true],
    [{ kind: "hosts", namespace: "n", selector: {} }, host(), true],
    [{ kind: "hosts", namespace: "other", selector: {} }, host(), false],
    [{ kind: "hosts", selector: { app: "shop" } }, labelled, true],
    [{ kind: "hosts", selector: { app: "shop", tier: "db" } }, labelled, false],
    [{ kind: "hosts", selector: { app: "shop" } }, host(), false],
    [{ kind: "hosts", namespace: "other", selector: { app: "shop" } }, labelled, false],
    [{ kind: "additionalPort", port: 8080 }, host({ additionalPort: 8080 }), true],
    [{ kind: "additionalPort", port: 8080 }, host({ additionalPort: -1 }), false],
    [{ kind: "additionalPort", port: 8080 }, host(), false],
  ];
  for (const [binding, of, taken] of rows) {
    const { out, diagnostics = [] } = linkClaims(index({ "": [site(binding)] }))(of, reads);
    deepEqual([[...out].length > 0, diagnostics.length > 0], [taken, !taken], JSON.stringify(binding));
  }
});

test("listeners share a site exactly when they take the same Hosts and show them alike", () => {
  equal(site(all).name, site({ kind: "hosts", selector: {} }).name);
  const bindings: readonly HostBinding[] = [
    all,
    { kind: "hosts", namespace: "n", selector: {} },
    { kind: "hosts", namespace: "all", selector: {} },
    { kind: "hosts", selector: { a: "1", b: "2" } },
    { kind: "hosts", selector: { a: "1,b=2" } },
    { kind: "hosts", namespace: "n", selector: { a: "1" } },
    { kind: "additionalPort", port: 8080 },
    { kind: "additionalPort", port: 8081 },
  ];
  for (const [i, a] of bindings.entries()) {
    for (const b of bindings.slice(i + 1)) notEqual(site(a).name, site(b).name, JSON.stringify([a, b]));
    notEqual(site(a, "XFP").name, site(a, "SECURE").name);
  }
  const swapped = { kind: "hosts", selector: { b: "2", a: "1" } } as const;
  equal(site({ kind: "hosts", selector: { a: "1", b: "2" } }).name, site(swapped).name);
});

test("one name, one Host: the older, then by name, and users' before others", () => {
  const claims = [
    host({ key: "new", created: "2025-01-01T00:00:00Z" }),
    host({ key: "old", created: "2024-01-01T00:00:00Z" }),
    host({ key: "ageless" }),
    host({ key: "yielding", created: "2023-01-01T00:00:00Z", yields: true }),
  ].map((of) => ({ site: site(all), host: of }));
  const sorted = [...claims].sort(byClaim);
  deepEqual(
    sorted.map(({ host: { key } }) => key),
    ["old", "new", "ageless", "yielding"],
  );
  const { out, diagnostics = [] } = linkDomain(sorted, reads, "k");
  equal([...out][0]?.[1].host.key, "old");
  deepEqual(
    diagnostics
      .filter(({ code }) => code === "host/duplicate-hostname")
      .map(({ at }) => at.ref.name)
      .slice(0, 2),
    ["new", "ageless"],
  );
});

test("a port in a Host's name is part of what it claims", () => {
  const name = (of: HostDecl): string => claimedName({ site: site(all), host: of });
  equal(name(host()), "all/xfp|a.test");
  equal(name(host({ port: 8443 })), "all/xfp|a.test:8443");
});
