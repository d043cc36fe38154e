/**
 * The three forms of a diagnostic.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Diagnostic, diagnose } from "./diagnostic.ts";
import type { Origin, ResourceRef } from "./origin.ts";
import {
  compareDiagnostics,
  diagnosticJson,
  diagnosticLine,
  type Position,
  renderDiagnostic,
  summarizeDiagnostics,
} from "./render-diagnostic.ts";

const quote: ResourceRef = { group: "getambassador.io", kind: "Mapping", namespace: "default", name: "quote" };
const place: ResourceRef = { group: "", kind: "Document", namespace: "", name: "shop.yaml#2" };

const diagnostic = diagnose("manifest/bad-number", { ref: quote, path: ".spec.timeout_ms" }, "this is too large", {
  traffic: "requests to /quote/ get 503",
  hint: "write a smaller one",
  related: [{ at: { ref: place, path: "" }, message: "it stands here too" }],
});

function locate(origin: Origin): Position | undefined {
  return { file: "shop.yaml", line: origin.ref.kind === "Mapping" ? 14 : 3, column: 7 };
}

test("text has an arrow line with file, line, object and field", () => {
  assert.equal(
    renderDiagnostic(diagnostic, { locate }),
    `error[manifest/bad-number]: this is too large
  --> shop.yaml:14  Mapping default/quote  .spec.timeout_ms
  = requests to /quote/ get 503
  = write a smaller one
  = it stands here too
    --> shop.yaml:3`,
  );
});

test("where nothing was read from a file, the object is the place", () => {
  assert.match(renderDiagnostic(diagnostic), /^ {2}--> Mapping default\/quote {2}\.spec\.timeout_ms$/m);
  assert.match(renderDiagnostic(diagnostic), /^ {4}--> Document shop\.yaml#2$/m);
});

test("a file as a whole has no line", () => {
  const at = { ref: { group: "", kind: "File", namespace: "", name: "gone.yaml" }, path: "" };
  const text = renderDiagnostic(diagnose("files/not-found", at, "there is no such file"), {
    locate: () => ({ file: "gone.yaml", line: 1, column: 1 }),
  });
  assert.equal(text, "error[files/not-found]: there is no such file\n  --> gone.yaml");
});

test("colours come only when they are asked for", () => {
  const esc = String.fromCharCode(27);
  assert.equal(renderDiagnostic(diagnostic).includes(esc), false);
  assert.ok(renderDiagnostic(diagnostic, { colors: true }).startsWith(`${esc}[31;1merror[manifest/bad-number]`));
});

test("JSON has every part by name", () => {
  assert.deepEqual(diagnosticJson(diagnostic, locate), {
    code: "manifest/bad-number",
    severity: "error",
    object: "Mapping default/quote",
    file: "shop.yaml",
    line: 14,
    column: 7,
    field: ".spec.timeout_ms",
    message: "this is too large",
    traffic: "requests to /quote/ get 503",
    hint: "write a smaller one",
    related: [
      {
        object: "Document shop.yaml#2",
        file: "shop.yaml",
        line: 3,
        column: 7,
        field: "",
        message: "it stands here too",
      },
    ],
  });
});

test("the line for logs says where, what, and what traffic sees", () => {
  assert.equal(
    diagnosticLine(diagnostic, locate),
    "[manifest/bad-number] shop.yaml:14  Mapping default/quote  .spec.timeout_ms: this is too large; requests to /quote/ get 503",
  );
});

test("nothing in a diagnostic can write to the terminal or run on without end", () => {
  const evil = `\u001b[2J\r\n\u202e${"x".repeat(1 << 20)}`;
  const at = { ref: { ...quote, name: evil }, path: `.${evil}` };
  const hostile = diagnose("manifest/syntax", at, evil, {
    hint: evil,
    traffic: evil,
    related: Array(50).fill({ at, message: evil }),
  });
  for (const text of [renderDiagnostic(hostile), diagnosticLine(hostile), JSON.stringify(diagnosticJson(hostile))]) {
    assert.ok(text.length < 60_000);
    assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Bidi_Control}]/u);
  }
  assert.equal(renderDiagnostic(hostile).split("\n").length, 4 + 2 * 10 + 1);
});

test("the worst come first, and a summary counts them", () => {
  const warning: Diagnostic = diagnose("manifest/duplicate-key", { ref: quote, path: "" }, "twice");
  assert.deepEqual([warning, diagnostic].sort(compareDiagnostics), [diagnostic, warning]);
  assert.equal(summarizeDiagnostics([warning, diagnostic, diagnostic]), "2 errors, 1 warning");
  assert.equal(summarizeDiagnostics([]), "no problems");
});
