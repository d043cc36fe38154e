/** What Consul's variables in the environment give, and what they cannot be. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CannotRun } from "./cannot-run.ts";
import { consulIdentity } from "./consul-identity.ts";

test("an empty environment asks as nobody", () => {
  assert.deepEqual(consulIdentity({}), {});
  assert.deepEqual(consulIdentity({ CONSUL_HTTP_TOKEN: "", CONSUL_CACERT: "" }), {});
});

test("a token and a file of authorities", () => {
  const home = mkdtempSync(join(tmpdir(), "dragoman-consul-"));
  try {
    writeFileSync(join(home, "ca.pem"), "authorities");
    const given = { CONSUL_HTTP_TOKEN: "abc", CONSUL_CACERT: join(home, "ca.pem") };
    assert.deepEqual(consulIdentity(given), { token: "abc", authorities: "authorities" });
  } finally {
    rmSync(home, { recursive: true });
  }
});

for (const environment of [{ CONSUL_HTTP_TOKEN: "a\nb" }, { CONSUL_CACERT: "/nowhere/ca.pem" }]) {
  test(`${JSON.stringify(environment)} is refused`, () => {
    assert.throws(() => consulIdentity(environment), CannotRun);
  });
}
