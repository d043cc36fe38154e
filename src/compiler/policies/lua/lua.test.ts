import assert from "node:assert/strict";
import { test } from "node:test";
import { lua } from "./lua.ts";
import { luaProblem } from "./syntax.ts";

const at = { ref: { group: "getambassador.io", kind: "Module", namespace: "a", name: "b" }, path: ".spec.config" };

test("everything that Envoy's LuaJIT reads is Lua", () => {
  const scripts = [
    "function envoy_on_request(h) h:headers():add('a', 'b') end",
    "local goto_ = 1 for i = 1, 2 do goto continue; ::continue:: end",
    "local x, y = 0x1p4 + 1LL + 2ULL, '\\x41\\z   \\u{48}'",
    "local i = 1LL;; local s = [==[ ]] ]==]",
    "local x, y, z = 0b101, .5e3i, 'a\\\\u{48}'",
    "\uFEFFlocal x = 1\r\n",
    "while true do break end do return end",
    "local größe = 1",
    "#!/usr/bin/lua\nlocal x = 1",
    "f\n(1)",
    "",
  ];
  assert.deepEqual(
    scripts.filter((script) => luaProblem(script) !== undefined),
    [],
  );
});

test("what is not Lua is told with its line, and without what the script holds", () => {
  assert.equal(luaProblem("local a = 1\nfunction f("), "line 2: <name> or '...' expected");
  assert.equal(luaProblem("x = = 1"), "line 1: <expression> expected");
  assert.equal(luaProblem("local goto = 1"), "line 1: <name> expected");
  assert.equal(luaProblem("-- \0"), "line 1: there is a NUL byte");
  for (const script of ["x = 'secret' 'secret'", "secret secret", "x = 'secret", "x = 1 'near ' 'secret'"]) {
    assert.doesNotMatch(luaProblem(script) ?? "", /secret/);
    assert.match(luaProblem(script) ?? "", /^line 1: ./);
  }
});

test("a script that is nested too deeply is judged, not fatal", () => {
  assert.equal(luaProblem(`x = ${"(".repeat(200_000)}`), "it is nested too deeply");
});

test("a script that nothing calls is used but told; an empty one is not even used", () => {
  const idle = lua.lower({ lua_scripts: "local x = 1" }, at);
  assert.deepEqual(idle.value, { script: "local x = 1" });
  const empty = lua.lower({ lua_scripts: " \n" }, at);
  assert.equal(empty.value, undefined);
  for (const { diagnostics } of [idle, empty]) {
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["lua/uncalled"],
    );
  }
});
