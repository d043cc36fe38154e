/**
 * Files that are wrong before any field is looked at: cut, mistyped or hostile YAML and JSON, bytes that are no text,
 * documents that do not say what they are.
 */
import type { Malformed } from "./malformed-file.ts";

const head = "apiVersion: getambassador.io/v3alpha1\nkind: Mapping\n";
const spec = 'spec: { hostname: "*", prefix: /x/, service: quote }\n';
const named = (name: string): string => `${head}metadata: { name: ${name} }\n${spec}`;

function bytes(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)));
}

function bomb(): string {
  const rows = Array.from(
    { length: 9 },
    (_, i) =>
      `  b${i}: &b${i} [${Array(9)
        .fill(`*b${i - 1}`)
        .join(", ")}]`,
  );
  return `${head}metadata: { name: bomb }\nspec:\n  b: &b-1 [lol, lol, lol]\n${rows.join("\n")}\n`;
}

const syntax: Readonly<Record<string, string | Uint8Array>> = {
  "cut-in-key": `${head}metadata: { name: a }\nspec:\n  pre`,
  "cut-in-flow": `${head}metadata: { name: a }\nspec: { prefix: /x/, service:`,
  "cut-in-quote": `${head}metadata: { name: a }\nspec: { prefix: "/x/`,
  "cut-in-json": '{"apiVersion": "getambassador.io/v2", "kind": "Mapping", "metadata": {"name": "a"}, "spec": {',
  "tab-indentation": `${head}metadata: { name: a }\nspec:\n\tprefix: /x/\n\tservice: quote\n`,
  "nul-byte": bytes(head, "metadata: { name: a", [0], "b }\n", spec),
  "not-utf8": bytes(head, "metadata: { name: a }\nspec: { prefix: /", [0xff, 0xfe, 0xc3], "/, service: quote }\n"),
  "half-utf8": bytes(head, "metadata: { name: a }\nspec: { prefix: /", [0xe2, 0x82]),
  "lone-brace": "}\n",
  "unknown-alias": `${head}metadata: { name: a }\nspec: *nowhere\n`,
  "unknown-tag": `${head}metadata: { name: a }\nspec: !!python/object:os.system { prefix: /x/ }\n`,
  "two-colons": `${head}metadata: { name: a }\nspec: prefix: /x/\n`,
  "list-and-map": `${head}metadata: { name: a }\nspec:\n- a\nprefix: /x/\n`,
  "bad-indentation": `${head}metadata: { name: a }\nspec:\n    prefix: /x/\n  service: quote\n`,
  "bad-escape": `${head}metadata: { name: a }\nspec: { prefix: "\\q" }\n`,
  "deep-lists": `${head}metadata: { name: a }\nspec: ${"[".repeat(5000)}${"]".repeat(5000)}\n`,
  "deep-json": `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`,
  "merge-of-number": `${head}metadata: { name: a }\nspec:\n  <<: 5\n  prefix: /x/\n`,
  "directive-only": "%YAML 1.2\n",
  "unclosed-comment-in-json": '{"kind": "Mapping", /* }\n',
};

const documents: Readonly<Record<string, string>> = {
  "a-scalar": "just some text\n",
  "a-number": "42\n",
  "a-list": "- a\n- b\n",
  "no-kind": `apiVersion: getambassador.io/v2\nmetadata: { name: a }\n${spec}`,
  "no-version": `kind: Mapping\nmetadata: { name: a }\n${spec}`,
  "kind-is-number": `apiVersion: getambassador.io/v2\nkind: 5\nmetadata: { name: a }\n${spec}`,
  "version-is-list": `apiVersion: [getambassador.io/v2]\nkind: Mapping\nmetadata: { name: a }\n${spec}`,
  "no-metadata": `${head}${spec}`,
  "no-name": `${head}metadata: {}\n${spec}`,
  "empty-name": named('""'),
  "name-is-list": named("[a]"),
  "name-with-slash": named("a/b"),
  "name-with-space": named('"a b"'),
  "name-too-long": named("x".repeat(300)),
  "name-with-newline": named('"a\\nb"'),
  "metadata-is-list": `${head}metadata: [a]\n${spec}`,
  "namespace-is-map": `${head}metadata: { name: a, namespace: { b: c } }\n${spec}`,
  "namespace-with-dots": `${head}metadata: { name: a, namespace: ../../etc }\n${spec}`,
  "list-without-items": "apiVersion: v1\nkind: List\nitems: nothing\n",
  "list-of-garbage": 'apiVersion: v1\nkind: List\nitems: [1, null, "x", [], { a: b }, { kind: Mapping }]\n',
};

const objects: readonly Malformed[] = [
  { name: "unknown-version", field: ".apiVersion", content: named("version").replace("v3alpha1", "v9") },
  { name: "unknown-kind", field: ".kind", content: named("kind").replace("kind: Mapping", "kind: Maping") },
  { name: "alias-bomb", field: ".spec", content: bomb() },
  {
    name: "alias-cycle",
    field: ".spec",
    content: `${head}metadata: { name: cycle }\nspec: &a { prefix: /x/, service: quote, docs: *a }\n`,
  },
  {
    name: "ten-megabytes",
    field: ".spec.prefix",
    content: `${head}metadata: { name: large }\nspec: { service: quote, prefix: /${"x".repeat(10 << 20)} }\n`,
  },
  {
    name: "million-values",
    field: ".spec.",
    content: `${head}metadata: { name: many }\nspec: { service: quote, prefix: /x/, modules: [${"1,".repeat(300_000)}1] }\n`,
  },
  {
    name: "duplicate-field",
    field: ".spec.prefix",
    content: `${head}metadata: { name: twice }\nspec: { hostname: plain.good.test, prefix: /a/, service: quote, prefix: /b/ }\n`,
  },
  { name: "duplicate-object", field: "", content: named("quote") },
  {
    name: "byte-order-mark",
    field: ".spec.timeout_ms",
    content: `\ufeff${head}metadata: { name: bom }\nspec: { prefix: /x/, service: quote, timeout_ms: soon }\n`,
  },
  {
    name: "carriage-returns",
    field: ".spec.timeout_ms",
    content: `${head}metadata: { name: crlf }\nspec:\n  prefix: /x/\n  service: quote\n  timeout_ms: soon\n`.replaceAll(
      "\n",
      "\r\n",
    ),
  },
  {
    name: "number-keys",
    field: '.spec["5"]',
    content: `${head}metadata: { name: keys }\nspec: { prefix: /x/, service: quote, 5: a, true: b }\n`,
  },
  {
    name: "merged-fields",
    field: ".spec.timeout_ms",
    content: `${head}metadata: { name: merged }\nspec:\n  <<: { prefix: /x/, service: quote, timeout_ms: soon }\n`,
  },
  { name: "spec-missing", field: ".spec", content: `${head}metadata: { name: empty }\n` },
  { name: "spec-is-list", field: ".spec", content: `${head}metadata: { name: list }\nspec: [prefix, service]\n` },
  { name: "spec-is-text", field: ".spec", content: `${head}metadata: { name: text }\nspec: prefix\n` },
  {
    name: "fields-beside-spec",
    field: ".prefix",
    content: `${head}metadata: { name: beside }\nprefix: /x/\nservice: quote\nspec: { prefix: /x/, service: quote }\n`,
  },
  {
    name: "labels-are-numbers",
    field: ".metadata.labels",
    content: `${head}metadata: { name: labels, labels: [1, 2] }\n${spec}`,
  },
  {
    name: "half-character",
    field: ".spec.prefix",
    content: `{"apiVersion":"getambassador.io/v2","kind":"Mapping","metadata":{"name":"half"},"spec":{"prefix":"/\\ud800/","service":"quote"}}`,
  },
  {
    name: "huge-number",
    field: ".spec.precedence",
    content: `${head}metadata: { name: huge }\nspec: { prefix: /x/, service: quote, precedence: 9007199254740993 }\n`,
  },
  {
    name: "not-a-number",
    field: ".spec.precedence",
    content: `${head}metadata: { name: nan }\nspec: { prefix: /x/, service: quote, precedence: .nan }\n`,
  },
];

/** All of them. */
export function texts(): readonly Malformed[] {
  const whole = Object.entries({ ...syntax, ...documents });
  return [...whole.map(([name, content]) => ({ name, content, field: "" })), ...objects];
}
