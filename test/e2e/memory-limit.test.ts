/** A run with little memory and a configuration that grows beyond it: what is served stays, and nothing dies. */

import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { answerOf } from "../answer.ts";
import { directoryOf } from "../cli/dragoman.ts";
import { freePort } from "../envoy/free-port.ts";
import { until } from "../processes/running.ts";
import { startProgram } from "./program.ts";

const perFile = 500;

function mapping(name: string, target: string): string {
  const spec = `{ hostname: "*", prefix: /${name}/, host_redirect: true, service: ${target} }`;
  return `---\napiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
}

const many = (file: number): string =>
  Array.from({ length: perFile }, (_, i) => mapping(`m-${file}-${i}`, `s-${file}-${i}.example`)).join("");

test("new objects are refused when memory is short; edits of what is served are not", async (t) => {
  const manifests = directoryOf({ "first.yaml": mapping("first", "one.example") });
  const [port, admin] = [await freePort(), await freePort()];
  const args = ["run", manifests, "--port", `8080:${port}`, "--admin-port", String(admin)];
  const env = {
    ...process.env,
    NODE_OPTIONS: "--max-old-space-size=64",
    ENVOY_CONCURRENCY: "1",
    AMBASSADOR_ENVOY_BIND_ADDRESS: "127.0.0.1",
  };
  const program = startProgram([...args, "--state-dir", join(manifests, "..", `${process.pid}-memory`)], { env });
  t.after(() => {
    program.kill();
    rmSync(manifests, { recursive: true });
  });
  const metric = async (name: string): Promise<number> =>
    Number(new RegExp(`^${name} (\\S+)$`, "m").exec(await get(admin, "/metrics"))?.[1]);
  const at = async (name: string) => get(port, `/${name}/`);
  const isAcknowledged = async () =>
    (await metric("dragoman_snapshot_number")) === (await metric("dragoman_acknowledged_number"));

  await program.line(/^ready/);
  const control = program.pid(/ control /);
  let files = 0;
  while (!/memory\/full/.test(program.output())) {
    writeFileSync(join(manifests, `many-${files}.yaml`), many(files));
    files++;
    await until(
      async () =>
        (await metric('dragoman_objects{kind="Mapping"}')) >= files * perFile * 0.5 ||
        /memory\/full/.test(program.output()),
    );
    await until(isAcknowledged);
    assert.ok(files < 40, "memory never becomes short");
  }
  assert.match(
    program.output(),
    /\[memory\/full\] .*: there is no memory left for new objects; the control process may use 64 MiB/,
  );
  writeFileSync(join(manifests, "first.yaml"), mapping("first", "two.example"));
  await until(async () => (await at("first")) === "http://two.example/first/");
  assert.equal(await at("m-0-0"), "http://s-0-0.example/m-0-0/");
  for (let file = 0; file < files; file++) rmSync(join(manifests, `many-${file}.yaml`));
  await until(async () => (await at("m-0-0")) === "");
  writeFileSync(join(manifests, "later.yaml"), mapping("later", "later.example"));
  await until(async () => (await at("later")) === "http://later.example/later/");
  assert.equal(program.pid(/ control /), control);
});

/** Where an answer leads to, or what it says; empty for one that is nobody's. */
async function get(port: number, path: string): Promise<string> {
  const { headers, body } = await answerOf({ port, path });
  return `${headers.location ?? ""}${body}`;
}
