import assert from "node:assert/strict";
import { test } from "node:test";
import { refKey } from "#base/origin.ts";
import { contentHash, defaultSettings, openCompiler, type RawObject, type Refusal } from "#compiler";
import { rawResource } from "../../../test/raw-object.ts";

const script = "function envoy_on_request() end";
const rules = { ip_allow: [{ peer: "10.0.0.1" }] };

function module(config: object): RawObject {
  return rawResource("Module", "v2", { config }, { name: "ambassador" });
}

function compile(current: RawObject, refusal: Partial<Refusal>, previous?: RawObject) {
  const compiler = openCompiler(defaultSettings, { strict: true });
  const { ref } = current;
  const { envoyVersion } = defaultSettings;
  const value = { ref, hash: contentHash(current), message: "no", envoyVersion, ...refusal };
  compiler.apply([
    { kind: "object", key: "module", value: current },
    { kind: "refusal", key: refKey(ref), value },
    ...(previous ? [{ kind: "lastGood" as const, key: refKey(ref), value: { object: previous } }] : []),
  ]);
  compiler.commit();
  const text = (filter: string): string =>
    (compiler.resource("extension", `envoy.filters.http.${filter}`)?.parts ?? []).join("");
  const told = compiler.diagnostics().map(({ code, at, traffic }) => [code, at.path, traffic]);
  return { lua: text("lua"), rbac: text("rbac"), told, admitted: compiler.admitted(ref) };
}

const slot = "envoy.filters.http.lua";
const bad = module({ ...rules, lua_scripts: `${script} error("x")` });

test("a script that Envoy refuses costs the script alone", () => {
  const { lua, rbac, told, admitted } = compile(bad, { slot });
  assert.match(lua, /filter_chain/);
  assert.match(rbac, /ambassador-ip-allow/);
  assert.deepEqual(told, [["envoy/refused", ".spec.config.lua_scripts", "the script does not run"]]);
  assert.equal(admitted, undefined);
});

test("the script before it goes on, with the other settings as they are now", () => {
  const { lua, rbac, told } = compile(bad, { slot }, module({ lua_scripts: script, gzip: {} }));
  assert.match(lua, /envoy_on_request\(\) end$/m);
  assert.match(rbac, /ambassador-ip-allow/);
  const traffic = "lua_scripts is in force as it was before the change";
  assert.deepEqual(told, [["envoy/refused", ".spec.config.lua_scripts", traffic]]);
});

test("a refusal of something else, or of what is left too, costs the whole object", () => {
  for (const refusal of [{}, { slot, matchToo: true }, { slot: "envoy.filters.http.unknown" }]) {
    const { rbac, told } = compile(bad, refusal);
    assert.match(rbac, /filter_chain/);
    assert.deepEqual(
      told.map(([code, path]) => [code, path]),
      [["envoy/refused", ""]],
    );
  }
});

test("a refusal of other content says nothing", () => {
  const { lua, admitted } = compile(bad, { slot, hash: "other" });
  assert.match(lua, /error\("x"\)/);
  assert.equal(admitted, bad);
});
