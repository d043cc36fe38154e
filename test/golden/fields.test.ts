/**
 * Every field of every schema does something in some case: without it, or with another value that is as valid,
 * resources or diagnostics are different. Fields for which that cannot be are in unread.yaml with their reasons, and
 * those that the schema itself calls ignored or not yet supported are reported by admission.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { type Compiler, defaultSettings, openCompiler, type RawObject } from "#compiler";
import { moduleConfigSchema } from "../../src/compiler/api/ambassador/module-config.ts";
import { generationOf, type Kind } from "../../src/compiler/api/kind.ts";
import { ambassadorGroup, ambassadorKinds } from "../../src/compiler/api/kinds.ts";
import { isRecord, type ObjectNode } from "../../src/compiler/api/schema/index.ts";
import { rowsOf } from "../../src/compiler/api/schema/rows.ts";
import { caseNames, readCase } from "../envoy/case-directory.ts";
import { editsBetween, giveFiles } from "../envoy/compile-case.ts";
import { fixedInputs } from "../envoy/golden.ts";
import type { Inputs } from "../envoy/manifests.ts";
import { openMaterial } from "../envoy/material.ts";
import { fieldChanges } from "../field-changes.ts";

test("every field of every schema does something in some case", () => {
  const idle = new Set(schemas.flatMap(({ title, node }) => pathsOf(title, node)));
  for (const name of caseNames()) {
    const golden = readCase(name);
    const compiler = openCompiler({ ...defaultSettings, ...golden.settings });
    let before: Inputs | undefined;
    for (const inputs of fixedInputs(golden, openMaterial())) {
      compiler.apply(editsBetween(before, inputs));
      compiler.commit();
      giveFiles(compiler, inputs);
      const known = new Set(before?.objects.map(({ object }) => object));
      for (const { key, object } of inputs.objects) if (!known.has(object)) examine(compiler, key, object, idle);
      before = inputs;
    }
  }
  const exempt = parse(readFileSync(join(import.meta.dirname, "unread.yaml"), "utf8")) as Record<string, string>;
  const covers = (entry: string, path: string): boolean => new RegExp(entryPattern(entry)).test(path);
  const missing = [...idle].filter((path) => !Object.keys(exempt).some((entry) => covers(entry, path)));
  const stale = Object.keys(exempt).filter((entry) => ![...idle].some((path) => covers(entry, path)));
  assert.deepEqual({ missing, stale }, { missing: [], stale: [] });
});

const kinds = (ambassadorKinds as readonly unknown[] as readonly Kind[]).filter(({ notYet }) => notYet === undefined);
const schemas = [
  ...kinds.map(({ kind, schema }) => ({ title: kind, node: schema })),
  { title: "Module config", node: moduleConfigSchema },
];

/** The fields that admission does not report by itself as ones without effect. */
function pathsOf(title: string, node: ObjectNode): string[] {
  const rows = rowsOf(node, ["v0", "v1", "v2", "v3alpha1"]);
  const reported = rows.filter(({ status }) => status !== "").map(({ path }) => path);
  return rows.filter(({ path }) => !reported.some((one) => isWithin(path, one))).map(({ path }) => `${title} ${path}`);
}

function isWithin(path: string, whole: string): boolean {
  return path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`);
}

/** `**` stands for any text. */
function entryPattern(entry: string): string {
  return `^${entry.split("**").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join(".*")}$`;
}

function examine(compiler: Compiler, key: string, object: RawObject, idle: Set<string>): void {
  for (const { path, changed } of changesOf(object)) {
    if (!idle.has(path)) continue;
    const invalid = invalidFields(compiler);
    compiler.apply([{ kind: "object", key, value: changed }]);
    const { resources, diagnosticsChanged } = compiler.commit();
    if ((resources.length > 0 || diagnosticsChanged) && invalidFields(compiler) <= invalid) forget(idle, path);
    compiler.apply([{ kind: "object", key, value: object }]);
    compiler.commit();
  }
}

/** A field does something if anything within it does. */
function forget(idle: Set<string>, path: string): void {
  for (const one of idle) if (isWithin(path, one)) idle.delete(one);
}

function invalidFields(compiler: Compiler): number {
  return compiler.diagnostics().filter(({ code }) => code === "object/invalid-field").length;
}

interface Change {
  readonly path: string;
  readonly changed: RawObject;
}

function* changesOf(object: RawObject): Iterable<Change> {
  const { kind: name, group } = object.ref;
  const kind = group === ambassadorGroup ? kinds.find((one) => one.kind === name) : undefined;
  const version = kind?.versions.find((one) => one === object.version);
  const { spec } = object.body;
  if (!kind || !version || !isRecord(spec)) return;
  const change = (path: string, other: unknown): Change => ({
    path,
    changed: { ...object, body: { ...object.body, spec: other } },
  });
  for (const { path, value } of fieldChanges(kind.schema, spec, generationOf(version)))
    yield change(`${name} ${path}`, value);
  if (name !== "Module" || object.ref.name !== "ambassador") return;
  for (const { path, value } of fieldChanges(moduleConfigSchema, spec.config, "hub"))
    yield change(`Module config ${path}`, { ...spec, config: value });
}
