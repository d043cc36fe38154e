/**
 * Schema → objects that are good but for one odd value: every field of a schema in turn, with texts and numbers that
 * nobody should write. A field that is added to a schema is tried without another word.
 */
import type { ObjectNode, Schema } from "../../src/compiler/api/schema/index.ts";

/** An object's settings with one odd value in them. */
export interface Odd {
  /** Where, and what. */
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

const texts: readonly string[] = [
  ...["", " ", "a b", "a\nb", "\0", "\x7f", "ü", "\ud800", "x".repeat(300), "x".repeat(20_000)],
  ...["*", "**", "*.x", "x.*", "a.b", "a:b:c", "[::1]:80", "::1", "1.2.3.4", "10.0.0.0/99", "a:65536", "http://", "\\"],
  ...["%", "%00", "%NOTHING%", "(", "[", "a{1000}", "(?=a)", "$X", "/", "//", "/a?b#c", ":path", "host", "a/b", "a,b"],
  ...["0s", "-1s", "99999999999h", "5xx", "constructor", "__proto__"],
];
/** For kinds of which only one can be tried at a time. */
const fewTexts: ReadonlySet<string> = new Set([
  "",
  "a\nb",
  "\0",
  "ü",
  "x".repeat(20_000),
  "*",
  "%",
  "%NOTHING%",
  "(",
  ":path",
  "host",
  "10.0.0.0/99",
]);
const numbers: readonly number[] = [0, -1, 1, 1.5, 99, 65_536, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 1e300];

/** The same with fewer texts. */
export function* fewOddSpecs(schema: ObjectNode, least: Readonly<Record<string, unknown>>): Iterable<Odd> {
  const left = texts.filter((text) => !fewTexts.has(text)).map((text) => JSON.stringify(text));
  for (const odd of oddSpecs(schema, least)) {
    const value = JSON.stringify(odd.spec);
    if (!left.some((text) => value.includes(text))) yield odd;
  }
}

/** Every field of a schema, each with every odd value of its type. `least` is what the object needs besides. */
export function* oddSpecs(schema: ObjectNode, least: Readonly<Record<string, unknown>>): Iterable<Odd> {
  for (const [field, { schema: own, presence }] of Object.entries(schema.fields)) {
    if (presence === "never" || field === "ambassador_id") continue;
    for (const value of oddValues(own)) {
      yield { name: `${field}=${JSON.stringify(value).slice(0, 80)}`, spec: { ...least, [field]: value } };
    }
  }
}

function* oddValues(schema: Schema): Iterable<unknown> {
  switch (schema.type) {
    case "string":
      if (!schema.values) yield* texts;
      return;
    case "integer":
    case "number":
      yield* numbers;
      return;
    case "list":
      yield [];
      for (const value of oddValues(schema.item)) yield [value, value];
      return;
    case "map":
      for (const name of texts) yield { [name]: goodValue(schema.value) };
      for (const value of oddValues(schema.value)) yield { "x-a": value };
      return;
    case "object":
      for (const [field, { schema: own }] of Object.entries(schema.fields)) {
        for (const value of oddValues(own)) yield { ...(goodValue(schema) as object), [field]: value };
      }
      return;
    case "variants":
      for (const form of schema.forms) yield* oddValues(form);
      return;
    case "anything":
      if (schema.like) yield* oddValues(schema.like);
      yield* texts;
      yield { a: "%", b: [null, {}] };
  }
}

/** The least that a schema asks for. */
function goodValue(schema: Schema): unknown {
  switch (schema.type) {
    case "string":
      return schema.values?.[0] ?? "3s";
    case "integer":
    case "number":
      return schema.values?.[0] ?? schema.min ?? 1;
    case "boolean":
      return true;
    case "list":
      return (schema.min ?? 0) > 0 ? [goodValue(schema.item)] : [];
    case "object": {
      const needed = Object.entries(schema.fields).filter(([, { presence }]) => presence === "required");
      const chosen = (schema.exactlyOne ?? []).flatMap(([first = ""]) =>
        Object.entries(schema.fields).filter(([name]) => name === first),
      );
      return Object.fromEntries([...needed, ...chosen].map(([name, { schema: own }]) => [name, goodValue(own)]));
    }
    case "variants":
      return schema.forms[0] ? goodValue(schema.forms[0]) : null;
    case "map":
      return {};
    case "null":
    case "anything":
      return null;
  }
}
