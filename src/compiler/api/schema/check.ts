/**
 * Schema → validator, compiled once into closures. The validator finds all problems of any JSON value, never throws,
 * and returns the value without what the schema does not know and with old spellings replaced. What it need not change
 * it returns as it was given, not as a copy: whoever has given it mostly keeps it, too.
 */
import { addProblem, type Problem, type Trail, typeName } from "./problem.ts";
import type { Field, Generation, Node, NumberNode, ObjectNode, Schema, StringNode } from "./schema.ts";
import { closest } from "./spelling.ts";

/** Judges a value; what it returns is only meaningful when no problem has come up. */
export type Check = (value: unknown, trail: Trail) => unknown;

const maxDepth = 64;

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Compiles the validator of a schema for one generation. */
export function compileCheck(schema: Schema, generation: Generation): Check {
  switch (schema.type) {
    case "string":
      return stringCheck(schema);
    case "integer":
    case "number":
      return numberCheck(schema);
    case "boolean":
      return (value, trail) => (typeof value === "boolean" ? value : mismatch(trail, "boolean", value));
    case "null":
      return (value, trail) => (value === null ? value : mismatch(trail, "null", value));
    case "anything":
      return (value, trail) => {
        if (!isShallow(value, maxDepth)) add(trail, "invalid", `is nested deeper than ${maxDepth} levels`);
        return value;
      };
    case "list":
      return listCheck(compileCheck(schema.item, generation), schema.min ?? 0);
    case "map":
      return mapCheck(compileCheck(schema.value, generation));
    case "object":
      return objectCheck(schema, generation);
    case "variants":
      return variantsCheck(schema.forms, generation);
  }
}

function add(trail: Trail, kind: Problem["kind"], message: string, hintOf?: () => string | undefined): undefined {
  addProblem(trail, kind, message, hintOf);
}

function mismatch(trail: Trail, expected: string, value: unknown): undefined {
  return add(trail, "invalid", `expected ${expected}, got ${typeName(value)}`);
}

/** Where there should be a structure, a text is not repeated: it may be the secret that should be within. */
function notStructured(trail: Trail, expected: string, value: unknown): undefined {
  return add(trail, "invalid", `expected ${expected}, got ${typeName(value).split(" ")[0]}`);
}

/** Such a text cannot be sent as it is, so that two different ones could become one name. */
function notUnicode(trail: Trail): undefined {
  return add(trail, "invalid", "is not Unicode text: a surrogate stands alone");
}

function stringCheck(node: StringNode): Check {
  const pattern = node.pattern === undefined ? undefined : new RegExp(node.pattern);
  const values = node.values && new Set(node.values);
  const expected = node.values ? `one of ${node.values.join(", ")}` : (node.called ?? "string");
  return (value, trail) => {
    if (typeof value === "string" && !value.isWellFormed()) return notUnicode(trail);
    const good = typeof value === "string" && (values?.has(value) ?? true) && (pattern?.test(value) ?? true);
    if (good) return value;
    const got = node.secret ? typeName(value).split(" ")[0] : typeName(value);
    return add(trail, "invalid", `expected ${expected}, got ${got}`, () =>
      typeof value === "string" ? suggestion(value, node.values ?? []) : undefined,
    );
  };
}

function numberCheck(node: NumberNode): Check {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = node;
  const range = node.min === undefined && node.max === undefined ? "" : ` ${rangeText(node.min, node.max)}`;
  const expected = node.values ? `one of ${node.values.join(", ")}` : node.type + range;
  return (value, trail) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return mismatch(trail, expected, value);
    const whole = node.type === "number" || Number.isSafeInteger(value);
    const good = whole && value >= min && value <= max && (node.values?.includes(value) ?? true);
    return good ? value : mismatch(trail, expected, value);
  };
}

function rangeText(min: number | undefined, max: number | undefined): string {
  if (min === undefined) return `of at most ${max}`;
  return max === undefined ? `of at least ${min}` : `from ${min} to ${max}`;
}

function listCheck(item: Check, min: number): Check {
  return (value, trail) => {
    if (!Array.isArray(value)) return notStructured(trail, "list", value);
    if (value.length < min) return add(trail, "invalid", `expected at least ${min} items, got ${value.length}`);
    let changed = false;
    const items = value.map((given, index) => {
      trail.steps.push(index);
      const kept = item(given, trail);
      trail.steps.pop();
      changed ||= kept !== given;
      return kept;
    });
    return changed ? items : value;
  };
}

function mapCheck(check: Check): Check {
  return (value, trail) => {
    if (!isRecord(value)) return notStructured(trail, "object", value);
    let changed = false;
    const entries = Object.entries(value).map(([key, given]) => {
      trail.steps.push(key);
      if (!key.isWellFormed()) notUnicode(trail);
      const kept = check(given, trail);
      trail.steps.pop();
      changed ||= kept !== given;
      return [key, kept] as const;
    });
    return changed ? Object.fromEntries(entries) : value;
  };
}

interface Entry {
  readonly name: string;
  readonly field: Field;
  readonly check: Check;
  readonly nullable: boolean;
}

function objectCheck(node: ObjectNode, generation: Generation): Check {
  const entries = entriesOf(node, generation);
  const needed = [...new Set(entries.values())].filter((e) => e.field.presence === "required").map((e) => e.name);
  return (value, trail) => {
    if (!isRecord(value)) return notStructured(trail, "object", value);
    const kept: Record<string, unknown> = {};
    let same = 0;
    const keys = Object.keys(value);
    for (const key of keys) {
      const given = value[key];
      const entry = entries.get(key);
      if (given === undefined || (given === null && !entry?.nullable)) continue;
      trail.steps.push(key);
      if (entry) {
        noteStatus(entry.field, given, trail);
        if (entry.name in kept) add(trail, "invalid", `means the same as ${entry.name}, which is set too`);
        const checked = entry.check(given, trail);
        kept[entry.name] = checked;
        if (entry.name === key && checked === given) same++;
      } else if (!node.open) unknownField(key, node, entries, trail);
      trail.steps.pop();
    }
    for (const name of needed) if (kept[name] === undefined && value[name] == null) missing(name, trail);
    for (const names of node.exactlyOne ?? []) demandOne(names, kept, trail);
    return same === keys.length ? value : kept;
  };
}

function entriesOf(node: ObjectNode, generation: Generation): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const [hubName, field] of Object.entries(node.fields)) {
    if (!existsIn(field, generation)) continue;
    const old = generation === "old" ? field.old : undefined;
    const schema = old?.form ?? field.schema;
    const name = old?.name ?? hubName;
    const entry = { name, field, check: compileCheck(schema, generation), nullable: takesNull(schema) };
    for (const spelling of [name, ...(field.aliases ?? [])]) entries.set(spelling, entry);
  }
  return entries;
}

/** Whether a field can be written in a generation. */
export function existsIn(field: Field, generation: Generation): boolean {
  if (field.versions === undefined) return true;
  return field.versions.some((version) => (version === "v3alpha1") === (generation === "hub"));
}

/** Whether null is a value of its own, and not the same as no value. */
export function takesNull(schema: Schema): boolean {
  if (schema.type === "variants") return schema.forms.some(takesNull);
  return schema.type === "null" || schema.type === "anything";
}

function noteStatus(field: Field, given: unknown, trail: Trail): void {
  if (field.status === undefined || field.status === "compiled") return;
  if (given === (field.unset ?? field.default ?? undefined)) return;
  add(trail, field.status, field.because ?? "");
}

function missing(name: string, trail: Trail): void {
  trail.steps.push(name);
  add(trail, "invalid", "is required");
  trail.steps.pop();
}

function unknownField(key: string, node: ObjectNode, entries: ReadonlyMap<string, Entry>, trail: Trail): void {
  const elsewhere = Object.hasOwn(node.fields, key) ? node.fields[key]?.old?.name : undefined;
  add(trail, "unknown", "", () => suggestion(elsewhere ?? key, [...entries.keys()]));
}

function suggestion(word: string, known: readonly string[]): string | undefined {
  const near = closest(word, known);
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

function demandOne(names: readonly string[], kept: Readonly<Record<string, unknown>>, trail: Trail): void {
  const given = names.filter((name) => kept[name] !== undefined);
  if (given.length === 1) return;
  const got = given.length === 0 ? "none" : given.join(" and ");
  add(trail, "invalid", `needs exactly one of ${names.join(", ")}; it has ${got}`);
}

function variantsCheck(forms: readonly Schema[], generation: Generation): Check {
  const checks = forms.map((form) => ({ node: form as Node, check: compileCheck(form, generation) }));
  const expected = forms.map((form) => expectation(form)).join(" or ");
  return (value, trail) => {
    const form = checks.find(({ node }) => hasType(node, value));
    return form ? form.check(value, trail) : notStructured(trail, expected, value);
  };
}

function expectation(node: Node): string {
  return node.type === "map" ? "object" : node.type;
}

function hasType(node: Node, value: unknown): boolean {
  switch (node.type) {
    case "string":
    case "boolean":
      return typeof value === node.type;
    case "integer":
    case "number":
      return typeof value === "number";
    case "null":
      return value === null;
    case "list":
      return Array.isArray(value);
    case "map":
    case "object":
      return isRecord(value);
    case "variants":
      return node.forms.some((form) => hasType(form, value));
    case "anything":
      return true;
  }
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}
