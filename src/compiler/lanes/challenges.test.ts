import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultSettings, openCompiler } from "#compiler";
import { rawResource } from "../../../test/raw-object.ts";

const host = (name: string) =>
  rawResource("Host", "v3alpha1", { hostname: `${name}.test`, acmeProvider: { email: "a@b.c" } }, { name });

test("an answer to a challenge is served under its name alone, and goes with its order", () => {
  const compiler = openCompiler(defaultSettings, { strict: true });
  const hosts = ["a", "b"].map((name) => ({ kind: "object", key: name, value: host(name) }) as const);
  compiler.apply(hosts);
  compiler.commit();
  const before = [...compiler.resources("routes")].map(({ version }) => version);

  const { ref } = host("a");
  const value = { ref, hostname: "a.test", answer: "token-1.thumbprint" };
  compiler.apply([{ kind: "challenge", key: "token-1", value }]);
  const { resources } = compiler.commit();
  assert.deepEqual([...new Set(resources.map(({ type }) => type))], ["routes"]);
  for (const { resource } of resources) {
    const text = (resource?.parts ?? []).join("");
    const [, ofA = "", ofB = ""] = /a\.test(.*)b\.test(.*)/s.exec(text) ?? [];
    assert.ok(ofA.indexOf("/.well-known/acme-challenge/token-1") < ofA.lastIndexOf("/.well-known/acme-challenge/"));
    assert.match(ofA, /token-1\.thumbprint/);
    assert.doesNotMatch(ofB, /token-1/);
  }

  compiler.apply([{ kind: "challenge", key: "token-1" }]);
  compiler.commit();
  assert.deepEqual(
    [...compiler.resources("routes")].map(({ version }) => version),
    before,
  );
});
