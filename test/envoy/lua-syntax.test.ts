/** What the compiler takes for Lua is what Envoy takes for Lua. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compile, defaultSettings, type Encoded } from "#compiler";
import { emitSlotContent } from "../../src/compiler/envoy/slot.ts";
import { lua } from "../../src/compiler/policies/lua/lua.ts";
import { luaProblem } from "../../src/compiler/policies/lua/syntax.ts";
import { rawResource } from "../raw-object.ts";
import { startEnvoy } from "./envoy.ts";
import { freePort } from "./free-port.ts";

const good = [
  "local x = 0x1p4 + 1LL + 2ULL; local y = 3i;; local z = 0b101",
  "local s = '\\x41\\z   \\065\\u{48}' local t = 'a\\\\u{48}' local u = [==[ ]] ]==]",
  "for i = 1, 2 do goto continue ::continue:: end",
  "while true do break; local x = 1 end",
  "local größe = 1 --[[ ünïcode ]]",
  "\uFEFFlocal x = 1\r\nlocal y = 2",
  "#!/usr/bin/lua\nlocal x = 1",
  "print = print\n('')",
  "local function f(...) return select('#', ...) end f'x'",
  "return",
];
const bad = [
  "function f(",
  "x = = 1",
  "local goto = 1",
  "break",
  "goto nowhere",
  "::a:: ::a::",
  "local a <const> = 1",
  "x = 3 // 2",
  "x = 1 & 2",
  "x = '\\q'",
  "x = 1..2",
  "do return end end",
  "--[[ never closed",
  "local f = function() return ... end",
];

test("the compiler and Envoy agree on what is Lua", async () => {
  const port = await freePort();
  const mapping = rawResource("Mapping", "v2", { prefix: "/", service: "127.0.0.1:1" });
  const { resources } = compile([["x", mapping]], { settings: { ...defaultSettings, ports: { "8080": port } } });
  const withScript = (script: string): readonly Encoded[] => {
    const slot = emitSlotContent(lua, "1.40", { config: lua.emit({ script }) });
    return resources.map((one) => (one.type === slot.type && one.name === slot.name ? slot : one));
  };
  const envoy = await startEnvoy();
  try {
    await envoy.serve(resources);
    for (const script of good) {
      await envoy.serve(withScript(script));
      assert.equal(luaProblem(script), undefined, script);
    }
    for (const script of bad) {
      await assert.rejects(envoy.serve(withScript(script)), { name: "Refused", message: /script load error/ }, script);
      assert.notEqual(luaProblem(script), undefined, script);
      await envoy.serve(resources);
    }
  } finally {
    await envoy.close();
  }
});
