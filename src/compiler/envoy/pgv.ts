/**
 * Checks messages against the protoc-gen-validate rules in Envoy's API, so that what Envoy would refuse is found before
 * it is sent.
 * The rules are read by reflection and compiled once per message type; a message that breaks none costs no allocation.
 * Descends into messages, lists, maps, oneofs and, given a registry, into google.protobuf.Any.
 */
import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type DescOneof,
  fromBinary,
  getOption,
  type Message,
  type Registry,
  ScalarType,
} from "@bufbuild/protobuf";
import { scalarZeroValue } from "@bufbuild/protobuf/reflect";
import { type Any, AnySchema, FeatureSet_FieldPresence, isWrapperDesc } from "@bufbuild/protobuf/wkt";
import {
  disabled,
  type FieldRules,
  ignored,
  type MapRules,
  type RepeatedRules,
  required,
  rules,
} from "#gen/validate/validate_pb.js";
import { own, type ValueCheck } from "./pgv-rule.ts";
import { compileValueRules, isBytes } from "./pgv-values.ts";

/** One broken rule: where in the message, in Envoy's own field names, and what is wrong. */
export interface PgvViolation {
  readonly path: string;
  readonly message: string;
}

/** What one check of a whole message collects and needs. */
interface Run {
  readonly found: PgvViolation[];
  readonly registry: Registry | undefined;
}

type Fields = Readonly<Record<string, unknown>>;
/** Adds what is wrong with a value, its path relative to the value; the caller puts the value's own name before it. */
type Walk<V = unknown> = (value: V, run: Run) => void;

const none: readonly PgvViolation[] = [];

/** Every broken rule of a message, or of its plain fields; `registry` opens the messages inside Any whose type it knows. */
export function checkPgv(schema: DescMessage, message: Fields, registry?: Registry): readonly PgvViolation[] {
  const run: Run = { found: [], registry };
  walkOf(schema)(message, run);
  return run.found.length === 0 ? none : run.found;
}

const walks = new WeakMap<DescMessage, Walk<Fields>>();

/** Compiled when first met with a value, because types refer to each other in circles. */
function walkOf(schema: DescMessage): Walk<Fields> {
  let walk = walks.get(schema);
  if (!walk) {
    walk = compileMessage(schema);
    walks.set(schema, walk);
  }
  return walk;
}

function compileMessage(schema: DescMessage): Walk<Fields> {
  if (getOption(schema, disabled) || getOption(schema, ignored)) return () => {};
  const always: Walk<Fields>[] = [];
  const whereSaid = new Map<string, Walk<Fields>>();
  for (const member of schema.members) {
    const walk = member.kind === "oneof" ? compileOneof(member) : compileField(member);
    if (walk && problemsOf(walk, {}).length > 0) always.push(walk);
    else if (walk) whereSaid.set(member.localName, walk);
  }
  return (message, run) => {
    for (const name in message) whereSaid.get(name)?.(message, run);
    for (const walk of always) walk(message, run);
  };
}

/** Most rules ask nothing of a field that is not there, and most fields are not. */
function problemsOf(walk: Walk<Fields>, message: Fields): readonly PgvViolation[] {
  const run: Run = { found: [], registry: undefined };
  walk(message, run);
  return run.found;
}

function compileOneof(oneof: DescOneof): Walk<Fields> | undefined {
  const members = new Map<unknown, Walk>();
  for (const field of oneof.fields) {
    const walk = compileSingle(field, getOption(field, rules));
    if (walk) members.set(field.localName, named(field.name, walk));
  }
  const mustBeSet = getOption(oneof, required);
  if (members.size === 0 && !mustBeSet) return undefined;
  const { name, localName } = oneof;
  return (message, run) => {
    const chosen = message[localName] as { readonly case?: string; readonly value?: unknown } | undefined;
    if (chosen?.case !== undefined) members.get(chosen.case)?.(chosen.value, run);
    else if (mustBeSet) run.found.push({ path: name, message: "value is required" });
  };
}

function compileField(field: DescField): Walk<Fields> | undefined {
  const fieldRules = getOption(field, rules);
  const { name, localName } = field;
  const walk = compileFieldValue(field, fieldRules);
  const mustBeSet = isRequired(fieldRules);
  if (!walk && !mustBeSet) return undefined;
  const walkNamed = walk && named(name, walk);
  const unset = unsetValue(field);
  return (message, run) => {
    const value = message[localName] ?? unset;
    if (value !== undefined) walkNamed?.(value, run);
    else if (mustBeSet) run.found.push({ path: name, message: "value is required" });
  };
}

/** What a field that plain fields leave out holds in a message. */
function unsetValue(field: DescField): unknown {
  if (field.fieldKind === "list") return none;
  if (field.fieldKind === "map") return {};
  if (field.presence !== FeatureSet_FieldPresence.IMPLICIT) return undefined;
  return field.fieldKind === "scalar" ? scalarZeroValue(field.scalar, field.longAsString) : 0;
}

function isRequired(fieldRules: FieldRules): boolean {
  const { message, type } = fieldRules;
  if (message && own(message, "required")) return true;
  if (type.case === "any" || type.case === "duration" || type.case === "timestamp") {
    return own(type.value, "required") ?? false;
  }
  return false;
}

function compileFieldValue(field: DescField, fieldRules: FieldRules): Walk | undefined {
  const { type } = fieldRules;
  if (field.fieldKind === "list") return compileList(field, type.case === "repeated" ? type.value : undefined);
  if (field.fieldKind === "map") return compileMap(field, type.case === "map" ? type.value : undefined);
  return compileSingle(field, fieldRules);
}

interface Element {
  readonly enum?: DescEnum | undefined;
  readonly message?: DescMessage | undefined;
}

function compileSingle(element: Element, elementRules: FieldRules | undefined): Walk | undefined {
  const checks = elementRules ? compileValueRules(elementRules, element.enum) : [];
  const value = checks.length > 0 ? checkWalk(checks, element.message) : undefined;
  const skip = elementRules?.message?.skip ?? false;
  return both(value, element.message && !skip ? compileNested(element.message) : undefined);
}

function checkWalk(checks: readonly ValueCheck[], message: DescMessage | undefined): Walk {
  const wrapped = message !== undefined && isWrapperDesc(message);
  return (value, run) => {
    const it = wrapped ? unwrapped(value) : value;
    for (const check of checks) {
      const problem = check(it);
      if (problem !== undefined) run.found.push({ path: "", message: problem });
    }
  };
}

/** protobuf-es unwraps the wrapper types in plain fields, but not in oneofs and lists. */
function unwrapped(value: unknown): unknown {
  if (typeof value !== "object" || value === null || isBytes(value) || !("value" in value)) return value;
  return value.value;
}

function compileNested(schema: DescMessage): Walk | undefined {
  if (schema.typeName === AnySchema.typeName) return (value, run) => walkAny(value as Any, run);
  // Google's other types carry no rules, and some have no message form here (Struct is plain JSON).
  if (schema.typeName.startsWith("google.protobuf.")) return undefined;
  let walk: Walk<Fields> | undefined;
  return (value, run) => {
    walk ??= walkOf(schema);
    walk(value as Fields, run);
  };
}

function walkAny(any: Any, run: Run): void {
  const schema = run.registry?.getMessage(any.typeUrl.slice(any.typeUrl.lastIndexOf("/") + 1));
  if (!schema) return;
  let message: Message;
  try {
    message = fromBinary(schema, any.value);
  } catch (error) {
    run.found.push({ path: "value", message: `value is not a ${schema.typeName}: ${String(error)}` });
    return;
  }
  walkOf(schema)(message, run);
}

function compileList(field: DescField & { fieldKind: "list" }, list: RepeatedRules | undefined): Walk | undefined {
  const item = compileSingle(field, list?.items);
  const items: Walk | undefined = item && ((value, run) => walkItems(value as readonly unknown[], item, run));
  return both(list && compileListRules(list), items);
}

function walkItems(values: readonly unknown[], walk: Walk, run: Run): void {
  for (let index = 0; index < values.length; index += 1) {
    const before = run.found.length;
    walk(values[index], run);
    if (run.found.length > before) prefix(run, before, `[${index}]`);
  }
}

function compileListRules(list: RepeatedRules): Walk | undefined {
  const size = sizeWalk({
    min: Number(own(list, "minItems") ?? 0),
    max: Number(own(list, "maxItems") ?? Number.POSITIVE_INFINITY),
    ignoreEmpty: own(list, "ignoreEmpty") ?? false,
    things: "item(s)",
  });
  if (!own(list, "unique")) return size && ((value, run) => size((value as readonly unknown[]).length, run));
  return (value, run) => {
    const values = value as readonly unknown[];
    size?.(values.length, run);
    if (new Set(values).size < values.length) run.found.push({ path: "", message: "value must contain unique items" });
  };
}

interface Size {
  readonly min: number;
  readonly max: number;
  readonly ignoreEmpty: boolean;
  readonly things: string;
}

function sizeWalk({ min, max, ignoreEmpty, things }: Size): Walk<number> | undefined {
  if (min === 0 && max === Number.POSITIVE_INFINITY) return undefined;
  return (size, run) => {
    if (size === 0 && ignoreEmpty) return;
    if (size < min) run.found.push({ path: "", message: `value must contain at least ${min} ${things}` });
    if (size > max) run.found.push({ path: "", message: `value must contain no more than ${max} ${things}` });
  };
}

function compileMap(field: DescField & { fieldKind: "map" }, map: MapRules | undefined): Walk | undefined {
  if (map?.keys && field.mapKey !== ScalarType.STRING) throw new Error(`PGV rules for keys of ${field.toString()}`);
  const key = compileSingle({}, map?.keys);
  const value = compileSingle(field, map?.values);
  const size = sizeWalk({
    min: Number((map && own(map, "minPairs")) ?? 0),
    max: Number((map && own(map, "maxPairs")) ?? Number.POSITIVE_INFINITY),
    ignoreEmpty: (map && own(map, "ignoreEmpty")) ?? false,
    things: "pair(s)",
  });
  if (!key && !value && !size) return undefined;
  return (entries, run) => walkMap(entries as Fields, { key, value, size }, run);
}

interface MapWalks {
  readonly key: Walk | undefined;
  readonly value: Walk | undefined;
  readonly size: Walk<number> | undefined;
}

function walkMap(entries: Fields, walks: MapWalks, run: Run): void {
  walks.size?.(Object.keys(entries).length, run);
  for (const key in entries) {
    const before = run.found.length;
    walks.key?.(key, run);
    walks.value?.(entries[key], run);
    if (run.found.length > before) prefix(run, before, `["${key}"]`);
  }
}

function both(first: Walk | undefined, second: Walk | undefined): Walk | undefined {
  if (!first || !second) return first ?? second;
  return (value, run) => {
    first(value, run);
    second(value, run);
  };
}

/** Paths are only written when something is wrong, which keeps the common case free of them. */
function named(name: string, walk: Walk): Walk {
  return (value, run) => {
    const before = run.found.length;
    walk(value, run);
    if (run.found.length > before) prefix(run, before, name);
  };
}

function prefix(run: Run, from: number, name: string): void {
  for (const [index, { path, message }] of run.found.slice(from).entries()) {
    const dot = path === "" || path.startsWith("[") ? "" : ".";
    run.found[from + index] = { path: `${name}${dot}${path}`, message };
  }
}
