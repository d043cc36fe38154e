import assert from "node:assert/strict";
import { test } from "node:test";
import { rawResource } from "../../../test/raw-object.ts";
import { type CompilerEdit, defaultSettings, openCompiler } from "../index.ts";
import type { Layout } from "./scope-layout.ts";

const shop = "shop.test";

function object(kind: string, name: string, spec: Readonly<Record<string, unknown>>): CompilerEdit {
  return { kind: "object", key: `${kind}/${name}`, value: rawResource(kind, "v3alpha1", spec, { name }) };
}

function mapping(name: string, hostname: string, prefix: string, service = "quote"): CompilerEdit {
  return object("Mapping", name, { hostname, prefix, service, host_redirect: true });
}

test("a host with few routes of its own is laid out anew for where they match, not for what they do", () => {
  const compiler = openCompiler({ ...defaultSettings, routeTables: "scoped" }, { strict: true });
  const commit = (...edits: readonly CompilerEdit[]) => {
    compiler.apply(edits);
    return compiler.commit().resources.map(({ resource }) => resource?.key ?? "");
  };
  const layout = () => {
    const [key] = [...compiler.declared.tables.virtualHosts.entries()].find(([, one]) => one.domains[0] === shop) ?? [];
    const found = compiler.inspect("shape.layout", key ?? "");
    assert.ok(found);
    return { commit: found.commit, before: (found.value as Layout).shares?.before };
  };
  commit(
    object("Listener", "http", {
      ...{ port: 8080, protocol: "HTTP", securityModel: "XFP" },
      hostBinding: { namespace: { from: "ALL" } },
    }),
    object("Host", "all", { hostname: "*", requestPolicy: { insecure: { action: "Route" } } }),
    ...Array.from({ length: 600 }, (_, i) => mapping(`all-${i}`, "*", `/all-${i}/`)),
    ...Array.from({ length: 5 }, (_, i) => mapping(`own-${i}`, shop, `/own-${i}/`)),
  );
  const first = layout();
  assert.deepEqual(first.before, []);

  assert.deepEqual(commit(mapping("own-3", shop, "/own-3/", "other")), [`all/xfp/open|${shop}`]);
  assert.equal(layout().commit, first.commit);

  commit(mapping("own-3", shop, "/all-70"));
  const names = layout().before?.flatMap(({ routes }) => routes.map((key) => key.replace(/.*\//, "")));
  assert.deepEqual(names, ["all-70"]);
});
