/**
 * What is read from the text of a file, and what is said of the rest.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { formatOrigin } from "#base/origin.ts";
import { type ManifestReading, readManifest } from "./manifest.ts";
import { decodeText } from "./text.ts";

function read(text: string | Uint8Array, maxObjects = 1000): ManifestReading {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  const isKnownKind = (group: string): boolean => group !== "apps";
  const steps = readManifest("a.yaml", decodeText(bytes), { isKnownKind, defaultNamespace: "default", maxObjects });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function mapping(name: string, more = ""): string {
  return `apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: ${name}}\nspec: {prefix: /${name}/, service: s}\n${more}`;
}

/** `key Kind namespace/name` of every object. */
function objectsOf(reading: ManifestReading): readonly string[] {
  return reading.objects.map(({ key, value: { ref } }) => `${key} ${ref.kind} ${ref.namespace}/${ref.name}`);
}

function problemsOf(reading: ManifestReading): readonly string[] {
  return reading.diagnostics.map(({ code, at }) => `${code} ${formatOrigin(at)}`);
}

test("an object is read as it is written, without what changes by itself", () => {
  const reading = read(`apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata:
  name: quote.v1
  namespace: shop
  labels: {app: quote}
  annotations:
    a: b
    kubectl.kubernetes.io/last-applied-configuration: '{"secret":1}'
  creationTimestamp: "2020-01-02T03:04:05Z"
  resourceVersion: "7"
  uid: x
spec: {prefix: /quote/, host: yes, weight: 0644, ratio: 1.5, time: 12:30, letter: y}
`);
  assert.deepEqual(reading.diagnostics, []);
  assert.deepEqual(reading.objects[0]?.value, {
    ref: { group: "getambassador.io", kind: "Mapping", namespace: "shop", name: "quote.v1" },
    version: "v3alpha1",
    labels: { app: "quote" },
    annotations: { a: "b" },
    created: "2020-01-02T03:04:05Z",
    body: { spec: { prefix: "/quote/", host: true, weight: 420, ratio: 1.5, time: "12:30", letter: "y" } },
  });
});

test("a broken document costs only itself, wherever it stands", () => {
  const broken = ["a: [1", "a: 'x", "a:\n\tb: 1", "a: \0", "a: b: c", "*x", "{}{}", "? [a]\n: b", "a: !!set {b}", "%X"];
  for (const document of broken) {
    const reading = read(`${mapping("one")}---\n${document}\n---\n${mapping("two")}`);
    assert.deepEqual(objectsOf(reading), ["a.yaml#1 Mapping default/one", "a.yaml#3 Mapping default/two"], document);
    assert.equal(reading.diagnostics.length, 1, document);
    assert.equal(reading.diagnostics[0]?.severity, "error");
    assert.deepEqual(reading.broken, ["a.yaml#2"]);
  }
});

test("a truncated last document costs only itself", () => {
  const whole = `${mapping("one")}---\n${mapping("two")}`;
  const reading = read(whole.slice(0, -12));
  assert.deepEqual(objectsOf(reading), ["a.yaml#1 Mapping default/one"]);
  assert.deepEqual(problemsOf(reading), ["manifest/syntax Document a.yaml#2 .spec"]);
});

test("byte order marks, other line ends, tabs in JSON and UTF-16 are read", () => {
  const utf16 = Buffer.from(`\uFEFF${mapping("two")}`, "utf16le");
  assert.deepEqual(objectsOf(read(utf16)), ["a.yaml#1 Mapping default/two"]);
  assert.deepEqual(objectsOf(read(`\uFEFF${mapping("one").replaceAll("\n", "\r\n")}`)), [
    "a.yaml#1 Mapping default/one",
  ]);
  const json = '{\n\t"apiVersion": "v1",\n\t"kind": "Service",\n\t"metadata": {"name": "s"}\n}';
  assert.deepEqual(objectsOf(read(json)), ["a.yaml#1 Service default/s"]);
});

test("bytes that are no text cost only their document", () => {
  const bytes = Buffer.concat([
    Buffer.from(`${mapping("one")}---\na: `),
    Buffer.from([0xc3, 0x28]),
    Buffer.from(`\n---\n${mapping("two")}`),
  ]);
  assert.deepEqual(objectsOf(read(bytes)), ["a.yaml#1 Mapping default/one", "a.yaml#3 Mapping default/two"]);
  assert.deepEqual(problemsOf(read(bytes)), ["manifest/not-utf8 Document a.yaml#2 .a"]);
});

test("lists, typed lists, arrays and lists of lists are unfolded", () => {
  const service = (name: string): string => `{apiVersion: v1, kind: Service, metadata: {name: ${name}}}`;
  const reading =
    read(`{apiVersion: v1, kind: List, items: [${service("a")}, {apiVersion: v1, kind: List, items: [${service("b")}]}, 3]}
---
{apiVersion: v1, kind: ServiceList, metadata: {resourceVersion: "1"}, items: [{metadata: {name: c, namespace: n}}]}
---
[${service("d")}]
---
{apiVersion: v1, kind: List, items: []}
`);
  assert.deepEqual(objectsOf(reading), [
    "a.yaml#1.1 Service default/a",
    "a.yaml#1.2-1 Service default/b",
    "a.yaml#2.1 Service n/c",
    "a.yaml#3.1 Service default/d",
  ]);
  assert.deepEqual(problemsOf(reading), ["manifest/not-an-object Document a.yaml#1.3"]);
});

test("flat documents of old are taken into the form of today", () => {
  const reading = read(`apiVersion: ambassador/v0
kind: Mapping
name: Quote_Mapping
prefix: /quote/
metadata_labels: {a: b}
generation: 3
`);
  assert.deepEqual(reading.diagnostics, []);
  assert.deepEqual(reading.objects[0]?.value, {
    ref: { group: "getambassador.io", kind: "Mapping", namespace: "default", name: "Quote_Mapping" },
    version: "v0",
    labels: { a: "b" },
    annotations: {},
    body: { spec: { prefix: "/quote/" } },
  });
});

test("every document without a usable identity is told", () => {
  const rows: readonly (readonly [text: string, problem: string])[] = [
    ["42", "manifest/not-an-object Document a.yaml#1"],
    ["{kind: List, apiVersion: v1, items: x}", "manifest/not-an-object Document a.yaml#1 .items"],
    ["just: data", "manifest/no-kind Document a.yaml#1 .kind"],
    ["kind: Mapping", "manifest/no-kind Document a.yaml#1 .apiVersion"],
    ["{kind: Mapping, apiVersion: 2}", "manifest/no-kind Document a.yaml#1 .apiVersion"],
    ["{kind: Mapping, apiVersion: a/b/c}", "manifest/no-kind Document a.yaml#1 .apiVersion"],
    ["{kind: Service, apiVersion: v1}", "manifest/no-name Document a.yaml#1 .metadata.name"],
    ["{kind: Service, apiVersion: v1, metadata: x}", "manifest/not-an-object Document a.yaml#1 .metadata"],
    [
      "{kind: Service, apiVersion: v1, metadata: {generateName: x}}",
      "manifest/no-name Document a.yaml#1 .metadata.generateName",
    ],
    ["{kind: Service, apiVersion: v1, metadata: {name: 5}}", "manifest/bad-name Document a.yaml#1 .metadata.name"],
    [
      "{kind: Service, apiVersion: v1, metadata: {name: &a {b: *a}}}",
      "manifest/bad-name Document a.yaml#1 .metadata.name",
    ],
    ["{kind: Service, apiVersion: v1, metadata: {name: Été}}", "manifest/bad-name Document a.yaml#1 .metadata.name"],
    ["{kind: Service, apiVersion: v1, metadata: {name: a..b}}", "manifest/bad-name Document a.yaml#1 .metadata.name"],
    [
      "{kind: Service, apiVersion: v1, metadata: {name: a, namespace: b.c}}",
      "manifest/bad-name Document a.yaml#1 .metadata.namespace",
    ],
    ["{kind: Mapping, apiVersion: ambassador/v1}", "manifest/no-name Document a.yaml#1 .name"],
    [`{kind: Mapping, apiVersion: ambassador/v1, name: "a\\u0007"}`, "manifest/bad-name Document a.yaml#1 .name"],
  ];
  for (const [text, problem] of rows) assert.deepEqual(problemsOf(read(text)), [problem], text);
});

test("what is not text in metadata is told and taken as an API server's clients would", () => {
  const reading = read(`{apiVersion: v1, kind: Service, metadata: {name: s, creationTimestamp: soon, annotations: [1],
    labels: {a: 1, b: true, c: null, d: {}}}}`);
  assert.deepEqual(reading.objects[0]?.value.labels, { a: "1", b: "true" });
  assert.equal(problemsOf(reading).length, 6);
  assert.ok(reading.diagnostics.every((d) => d.code === "manifest/bad-metadata"));
});

test("cluster-scoped objects have no namespace", () => {
  assert.deepEqual(objectsOf(read("{apiVersion: v1, kind: Namespace, metadata: {name: n}}")), [
    "a.yaml#1 Namespace /n",
  ]);
});

test("unknown kinds are counted, not judged", () => {
  const reading = read(
    "{apiVersion: apps/v1, kind: Deployment}\n---\n{apiVersion: apps/v1, kind: Deployment, metadata: 3}\n",
  );
  assert.deepEqual(reading.ignored, { "Deployment.apps": 2 });
  assert.deepEqual(reading.diagnostics, []);
});

test("a field that is given twice keeps its last value and is told", () => {
  const reading = read(`${mapping("one")}metadata: {name: two}\n`);
  assert.deepEqual(objectsOf(reading), ["a.yaml#1 Mapping default/two"]);
  assert.deepEqual(problemsOf(reading), ["manifest/duplicate-key Mapping default/two .metadata"]);
});

test("numbers that cannot be exact cost their object", () => {
  for (const number of ["9007199254740993", "-9007199254740993", ".inf", ".nan", "1e300"]) {
    const reading = read(`${mapping("one")}---\n${mapping("two", `extra: {n: [1, ${number}]}\n`)}`);
    assert.deepEqual(objectsOf(reading), ["a.yaml#1 Mapping default/one"], number);
    assert.deepEqual(problemsOf(reading), ["manifest/bad-number Mapping default/two .extra.n[1]"]);
  }
  assert.deepEqual(read(mapping("one", "extra: 9007199254740991\n")).diagnostics, []);
});

test("a scalar of ten megabytes costs its object and names its field", () => {
  const reading = read(`${mapping("one")}---\n${mapping("two", `extra: {big: ${"x".repeat(10 << 20)}}\n`)}`);
  assert.deepEqual(objectsOf(reading), ["a.yaml#1 Mapping default/one"]);
  assert.deepEqual(problemsOf(reading), ["manifest/too-large Mapping default/two .extra.big"]);
});

test("an alias bomb is not expanded", () => {
  const levels = Array.from(
    { length: 12 },
    (_, i) => `  l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(", ")}]\n`,
  );
  const reading = read(mapping("bomb", `extra:\n  l0: &l0 [x, x]\n${levels.join("")}`));
  assert.deepEqual(objectsOf(reading), []);
  assert.match(problemsOf(reading).join(), /^manifest\/too-large Mapping default\/bomb \.extra/);
});

test("an object that contains itself is refused", () => {
  const reading = read(mapping("loop", "extra: &a {b: *a}\n"));
  assert.match(problemsOf(reading).join(), /^manifest\/too-deep Mapping default\/loop \.extra\.b/);
});

test("lists of lists by alias are bounded", () => {
  const reading = read(
    `- &a [{apiVersion: v1, kind: Service, metadata: {name: s}}]\n- &b [${Array(9).fill("*a").join()}]\n- [*b, *b]\n`,
    15,
  );
  assert.equal(reading.objects.length, 15);
  assert.ok(problemsOf(reading).some((p) => p.startsWith("manifest/too-many")));
});

test("nesting is bounded", () => {
  const deep = `${"[".repeat(5000)}${"]".repeat(5000)}`;
  const reading = read(`${mapping("one")}---\n${mapping("two", `extra: ${deep}\n`)}`);
  assert.deepEqual(problemsOf(reading), ["manifest/too-deep Document a.yaml#2 .extra"]);
});

test("merge keys and anchors give what they stand for", () => {
  const reading = read(mapping("one", "base: &b {x: 1, y: 2}\nown: {<<: *b, y: 3}\n"));
  assert.deepEqual(reading.objects[0]?.value.body["own"], { x: 1, y: 3 });
});

test("no more than the given number of objects is read", () => {
  const reading = read([mapping("a"), mapping("b"), mapping("c")].join("---\n"), 2);
  assert.equal(reading.objects.length, 2);
  assert.deepEqual(problemsOf(reading), ["manifest/too-many Document a.yaml#3"]);
});

test("a file of problems tells a bounded number of them", () => {
  const reading = read(Array(1500).fill("x: 1\n").join("---\n"), 5000);
  assert.equal(reading.diagnostics.length, 1001);
  assert.equal(reading.diagnostics.at(-1)?.code, "manifest/more");
});

test("a name like __proto__ is a name like any other", () => {
  const reading = read(mapping("one", "extra: {__proto__: {polluted: yes}}\n"));
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  assert.deepEqual(Object.keys(reading.objects[0]?.value.body["extra"] as object), ["__proto__"]);
});

test("what the parser quotes of a broken text is not repeated", () => {
  const reading = read('a: *s3cr3t\n---\na: !s3cr3t x\n---\na: !<s3cr3t> x\n---\na: !s3cr3t" x"y\n---\nb: *s3cr"3t\n');
  assert.equal(reading.diagnostics.length, 5);
  assert.doesNotMatch(JSON.stringify(reading.diagnostics), /s3cr/);
});

test("nothing of a file's text is kept but what its objects say", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const held = (): number => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const metadata = (i: number) =>
    `metadata: {name: quote-of-the-day-${i}, labels: {team: the-quoting-department-${i}}}`;
  const spec = "spec: {prefix: /quote-of-the-day/, service: quote-of-the-day.shop, hostname: quotes.example.com}";
  const head = "apiVersion: getambassador.io/v3alpha1\nkind: Mapping";
  const comment = "#".padEnd(4 << 20, "x");
  const before = held();
  const readings = Array.from({ length: 8 }, (_, i) => read(`${comment}\n${head}\n${metadata(i)}\n${spec}\n`));
  // What was read last may still be remembered by somebody.
  assert.ok(held() - before < 4 * comment.length);
  assert.equal(readings.flatMap(({ objects }) => objects).length, 8);
});
