import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { readCase } from "./case-directory.ts";
import { openMaterial } from "./material.ts";
import { expandPlaceholders, fixedPorts, upstreamsIn } from "./placeholders.ts";
import { parseProbes } from "./request-spec.ts";

const root = mkdtempSync(join(tmpdir(), "dragoman-case-"));
after(() => rmSync(root, { recursive: true }));

function readFiles(name: string, files: Readonly<Record<string, string>>) {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, file)), { recursive: true });
    writeFileSync(join(root, name, file), text);
  }
  return readCase(name, root);
}

test("a case is its input, its options and its edits in order", () => {
  const golden = readFiles("good", {
    "input.yaml": "a: 1",
    "case.yaml": "show: [listener *8080*]\nsettings: { namespace: shops }",
    "edits/02-b.yaml": "b",
    "edits/01-a.yaml": "a",
    "edits/01-c.delete.yaml": "c",
    "edits/01.touched.txt": "",
  });
  assert.deepEqual(golden.show, ["listener *8080*"]);
  assert.deepEqual(golden.settings, { namespace: "shops" });
  assert.deepEqual(
    golden.edits.map(({ step, apply, remove }) => [
      step,
      apply.map(({ file }) => file),
      remove.map(({ file }) => file),
    ]),
    [
      ["01", ["edits/01-a.yaml"], ["edits/01-c.delete.yaml"]],
      ["02", ["edits/02-b.yaml"], []],
    ],
  );
});

test("a file that nothing reads is named", () => {
  const input = { "input.yaml": "" };
  assert.throws(() => readFiles("stray", { ...input, "notes.txt": "" }), /stray\/notes\.txt: nothing reads this file/);
  assert.throws(
    () => readFiles("step", { ...input, "edits/01.requests.yaml": "" }),
    /01\.requests\.yaml: nothing reads/,
  );
  assert.throws(() => readFiles("key", { ...input, "case.yaml": "shows: []" }), /unknown key "shows"/);
  assert.throws(() => readFiles("type", { ...input, "case.yaml": "show: [route]" }), /"route" shows no resource/);
});

test("a request that is misspelled or expects nothing is named", () => {
  assert.throws(
    () => parseProbes("[{ request: { uri: x }, expect: { status: 1 } }]", "f"),
    /f\[0\]: unknown key "uri" in request/,
  );
  assert.throws(
    () => parseProbes("[{ request: { url: x }, expect: { upstream: { nme: a } } }]", "f"),
    /unknown key "nme" in expect.upstream/,
  );
  assert.throws(() => parseProbes("[{ request: { url: x }, expect: {} }]", "f"), /expects nothing/);
  assert.throws(
    () => parseProbes("[{ request: { url: x, http: 4 }, expect: { status: 1 } }]", "f"),
    /must be 1.0, 1.1, 2 or 3/,
  );
});

const $ = (text: string): string => `\${${text}}`;

test("placeholders are the same wherever a name is used", () => {
  const material = openMaterial();
  const text = ["KEY:a", "CERT:a:a.test", "CERT:a", "UPSTREAM:u", "UPSTREAM:v:tcp", "UPSTREAM:u"].map($).join(" ");
  const [key, described, named, u, v, again] = expandPlaceholders(
    text,
    material,
    fixedPorts(upstreamsIn([text])),
  ).split(" ");
  assert.equal(described, named);
  assert.deepEqual([u, v, again], ["10001", "10002", "10001"]);
  assert.equal(material.placeholderOf(Buffer.from(key ?? "", "base64").toString()), $("KEY:a"));
  assert.throws(() => expandPlaceholders($("CERT:b"), material, () => 0), /certificate "b" is not described/);
  assert.throws(() => expandPlaceholders($("CERT:a:other.test"), material, () => 0), /was described as/);
  assert.throws(() => upstreamsIn([$("UPSTREAM:u:udp")]), /not an upstream/);
});
