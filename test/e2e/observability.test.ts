/** The answers in the guide about watching over a run are those that it gives; `…` stands for anything. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { freePort } from "../envoy/free-port.ts";
import { type Program, startProgram } from "./program.ts";

const guide = readFileSync(join(import.meta.dirname, "../../docs/guide/observability.md"), "utf8");
const home = mkdtempSync(join(tmpdir(), "dragoman-observability-"));
const ports = new Map<string, number>();
let gateway: Program;

before(async () => {
  for (const port of ["8080", "8877", "8005"]) ports.set(port, await freePort());
  const [, manifests = ""] = /^```yaml\n(.*?)^```$/ms.exec(guide) ?? [];
  writeFileSync(join(home, "manifests.yaml"), manifests);
  gateway = startProgram([
    ...["run", join(home, "manifests.yaml"), "--state-dir", join(home, "state"), "--port", `8080:${ports.get("8080")}`],
    ...["--admin-port", String(ports.get("8877")), "--snapshot-port", String(ports.get("8005"))],
  ]);
  await gateway.line(/^ready/);
});
after(() => {
  gateway.kill();
  rmSync(home, { recursive: true, force: true });
});

const consoles = [...guide.matchAll(/^```console\n(.*?)^```$/gms)].map(([, text = ""]) => text);
const commands = consoles.flatMap((text) =>
  text.split(/^\$ /m).flatMap((one) => {
    const [command = "", ...answer] = one.split("\n");
    return command === "" ? [] : [{ command, answer: answer.join("\n") }];
  }),
);

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

for (const { command, answer } of commands) {
  test(command, async () => {
    const [, post, port = "", path = ""] = /^curl -s (-X POST .*)?'?localhost:(\d+)(\/[^']*)'?$/.exec(command) ?? [];
    const how = post ? { method: "POST", headers: { "content-type": "application/json" }, body: "{}" } : {};
    const response = await fetch(`http://localhost:${ports.get(port)}${path}`, how);
    const parts = answer.trimEnd().split("…");
    const wanted = new RegExp(`^${parts.map(escaped).join("[^]*")}$`);
    assert.match((await response.text()).trimEnd(), wanted);
  });
}

test("the guide has commands", () => assert.ok(commands.length >= 9));
