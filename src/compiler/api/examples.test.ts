/** Every field of every kind has an example, and an object with it is admitted without a complaint. */
import assert from "node:assert/strict";
import test from "node:test";
import { rawResource } from "../../../test/raw-object.ts";
import { defaultSettings } from "../settings.ts";
import { admit } from "./admit.ts";
import { moduleConfigSchema } from "./ambassador/module-config.ts";
import type { Kind, Loose } from "./kind.ts";
import { ambassadorKinds } from "./kinds.ts";
import { exampleOf } from "./schema/example.ts";
import { flowYaml } from "./schema/flow-yaml.ts";
import { type ApiVersion, isRecord, type ObjectNode, type Schema } from "./schema/index.ts";
import { loadDocuments } from "./yaml.ts";

const kinds = (ambassadorKinds as readonly unknown[] as readonly Kind[]).filter(({ example }) => example !== undefined);

test("every kind that does something has an example", () => {
  const without = (ambassadorKinds as readonly unknown[] as readonly Kind[]).filter(({ example }) => !example);
  assert.deepEqual(
    without.filter(({ notYet }) => notYet === undefined),
    [],
  );
});

for (const kind of kinds) {
  test(`${kind.kind}: its example is admitted`, () => {
    assert.deepEqual(complaints(kind, "v3alpha1", kind.example ?? {}), []);
  });
  test(`${kind.kind}: every field has an example that is admitted`, () => {
    checkAll(kind, kind.schema, (version) => (inner) => ({ ...base(kind, version), ...inner }));
  });
}

test("every setting of the Module has an example that is admitted", () => {
  const module = kinds.find(({ kind }) => kind === "Module");
  assert.ok(module);
  checkAll(module, moduleConfigSchema, () => (config) => ({ config }));
});

type Wrap = (inner: Loose) => Loose;

function base(kind: Kind, version: ApiVersion): Loose {
  const hub = kind.example ?? {};
  return version === "v3alpha1" ? hub : (kind.fromHub(hub) as Loose);
}

function checkAll(kind: Kind, schema: ObjectNode, wrapIn: (version: ApiVersion) => Wrap): void {
  const problems = [...examples(schema)].flatMap(({ path, example, versions = kind.versions, wrap }) => {
    if (example === undefined) return [`${path}: needs an example`];
    assert.deepEqual(loadDocuments(flowYaml(example)), { kind: "documents", values: [example], duplicateKeys: false });
    const version = versions.includes("v3alpha1") ? "v3alpha1" : (versions.at(-1) ?? "v2");
    const around = path.startsWith("health_checks.health_check.grpc") ? { grpc: true } : {};
    return complaints(kind, version, wrapIn(version)({ ...around, ...wrap(example) })).map(
      (text) => `${path}: ${text}`,
    );
  });
  assert.deepEqual(problems, []);
}

interface Example {
  readonly path: string;
  readonly example: Loose | undefined;
  readonly versions?: readonly ApiVersion[] | undefined;
  /** Puts an object with the example where it belongs. */
  readonly wrap: Wrap;
}

function* examples(
  node: ObjectNode,
  path = "",
  wrap: Wrap = (inner) => inner,
  of?: readonly ApiVersion[],
): Iterable<Example> {
  for (const [name, field] of Object.entries(node.fields)) {
    const example = exampleOf(name, field);
    const versions = field.versions ?? of;
    yield { path: path + name, example, versions, wrap };
    const inner = innermost(field.schema, example?.[name]);
    if (!inner) continue;
    const { object, put } = inner;
    const deeper: Wrap = (fields) => wrap({ ...field.beside, [name]: put({ ...siblings(object, fields), ...fields }) });
    yield* examples(object, `${path}${name}.`, deeper, versions);
  }
}

/** The object inside lists and maps, and what puts one there; maps have the keys of the example. */
function innermost(
  schema: Schema,
  example: unknown,
): { readonly object: ObjectNode; readonly put: (value: unknown) => unknown } | undefined {
  if (schema.type === "object") return { object: schema, put: (value) => value };
  if (schema.type === "list") {
    const inner = innermost(schema.item, Array.isArray(example) ? example[0] : undefined);
    return inner && { ...inner, put: (value) => [inner.put(value)] };
  }
  if (schema.type === "anything" && schema.like) return innermost(schema.like, example);
  if (schema.type !== "map") return undefined;
  const [key, value] = Object.entries(isRecord(example) ? example : {})[0] ?? ["example"];
  const inner = innermost(schema.value, value);
  return inner && { ...inner, put: (given) => ({ [key]: inner.put(given) }) };
}

/** What an object needs beside some of its fields. */
function siblings(node: ObjectNode, fields: Loose): Loose {
  const missing = Object.entries(node.fields).filter(
    ([name, { presence }]) => presence === "required" && !(name in fields),
  );
  const chosen = (node.exactlyOne ?? []).flatMap((names) => {
    const first = names.some((name) => name in fields) ? undefined : names[0];
    const field = first === undefined ? undefined : node.fields[first];
    return first !== undefined && field ? [[first, field] as const] : [];
  });
  return Object.fromEntries([...missing, ...chosen].map(([name, field]) => [name, exampleOf(name, field)?.[name]]));
}

const expected = /\/not-yet-supported$|^object\/ignored-field$/;

function complaints(kind: Kind, version: ApiVersion, spec: Loose): readonly string[] {
  const name = kind.kind === "Module" ? "ambassador" : "example";
  const { value, diagnostics } = admit(rawResource(kind.kind, version, spec, { name }), defaultSettings);
  const found = diagnostics.filter(({ code, severity }) => severity === "error" || code === "object/unknown-field");
  return [
    ...(value ? [] : [`${JSON.stringify(spec)} is not admitted`]),
    ...found.filter(({ code }) => !expected.test(code)).map(({ message }) => message),
  ];
}
