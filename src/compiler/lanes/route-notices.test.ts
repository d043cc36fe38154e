import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { rawResource } from "../../../test/raw-object.ts";
import { type CompilerEdit, defaultSettings, openCompiler } from "../index.ts";

test("a run that chose tables for few routes is told of many, and no other is", () => {
  const mappings = Array.from({ length: 2_000 }, (_, i): CompilerEdit => {
    const value = rawResource(
      "Mapping",
      "v3alpha1",
      { prefix: `/${i}/`, hostname: "*", service: "s" },
      { name: `m${i}` },
    );
    return { kind: "object", key: `m${i}`, value };
  });
  const listener = { port: 8080, protocol: "HTTP", securityModel: "XFP", hostBinding: { namespace: { from: "ALL" } } };
  const value = rawResource("Listener", "v3alpha1", listener);
  const compiler = openCompiler(defaultSettings, { strict: true });
  const told = (...edits: readonly CompilerEdit[]) => {
    compiler.apply(edits);
    compiler.commit();
    return compiler.diagnostics().flatMap(({ code, at }) => (code === "listener/route-tables" ? [at.ref.kind] : []));
  };
  const chosen: CompilerEdit = { kind: "routeTables", value: "table" };
  deepEqual(told(...mappings, { kind: "object", key: "l", value }), []);
  deepEqual(told(chosen), ["Listener"]);
  deepEqual(told({ kind: "object", key: "m7" }), []);
  deepEqual(told(...mappings.slice(7, 8)), ["Listener"]);
  deepEqual(told({ kind: "settings", value: { ...defaultSettings, routeTables: "table" } }), []);
});
