/** `why` and a real Envoy see every character of a path alike, as it is and escaped. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { explain } from "#compiler";
import { clientRequest, describeOutcome, describeSeen, outcomesSeen } from "../drawn/agreement.ts";
import { compileOn } from "../drawn/compiled.ts";
import { fileOf, portOf, resource } from "../drawn/manifest.ts";
import { openStage, type Stage } from "../drawn/stage.ts";

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

test("every character of a path", async () => {
  const host = { hostname: "*", requestPolicy: { insecure: { action: "Route" } } };
  const mapping = { prefix: "/", hostname: "*", service: `127.0.0.1:${portOf("m0")}`, rewrite: "" };
  const objects = [resource("Host", "v3alpha1", "h", host), resource("Mapping", "v3alpha1", "m0", mapping)];
  const { compiler, resources } = await compileOn(stage, fileOf(objects));
  await stage.serve(resources);
  const specs = texts().flatMap((text) =>
    [`/a${text}b`, `/${text}/x`, `/x/${text}`].map((path) => ({ url: `http://a.test${path}`, port: 8080 })),
  );
  const seen = await stage.ask(specs);
  for (const [i, spec] of specs.entries()) {
    const said = explain(compiler.declared, clientRequest(spec));
    const [observed] = seen.slice(i);
    assert.ok(observed);
    const lines = said.outcomes.map((one) => describeOutcome(one, stage.upstreams));
    const message = `${spec.url}\nEnvoy: ${describeSeen(observed)}\nwhy: ${lines.join()}`;
    assert.ok(outcomesSeen(said, observed, stage.upstreams).length > 0, message);
  }
});

function texts(): readonly string[] {
  const codes = Array.from({ length: 256 }, (_, code) => code);
  const plain = codes
    .map((code) => String.fromCharCode(code))
    .filter((text) => /[!-~]/.test(text) && !"#?".includes(text));
  return [...plain, ...codes.map((code) => `%${code.toString(16).padStart(2, "0")}`)];
}
