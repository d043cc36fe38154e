/**
 * Resources in annotations: flat, full, mixed; what a bad one costs; and that no text is too much.
 */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { rawObject } from "../../../test/raw-object.ts";
import { configAnnotation, unfoldAnnotations } from "./annotations.ts";

const labels = { app: "quote" };

function service(text: string, kind = "Service") {
  return rawObject(
    kind,
    "v1",
    {},
    {
      name: "quote",
      namespace: "backend",
      labels,
      created: "2020-01-01T00:00:00Z",
      annotations: { [configAnnotation]: text },
    },
  );
}

function unfold(text: string) {
  const { value = [], diagnostics } = unfoldAnnotations(service(text));
  return { objects: value, found: diagnostics.map((d) => `${d.code}: ${d.message}`) };
}

test("the flat form of old", () => {
  const { objects, found } = unfold(`---
apiVersion: ambassador/v0
kind:  Mapping
name:  quote_mapping
prefix: /quote/
service: quote.backend
generation: 3
`);
  assert.deepEqual(found, []);
  assert.deepEqual(objects, [
    {
      ref: { group: "getambassador.io", kind: "Mapping", namespace: "backend", name: "quote_mapping" },
      version: "v0",
      labels,
      annotations: {},
      created: "2020-01-01T00:00:00Z",
      body: { spec: { prefix: "/quote/", service: "quote.backend" } },
      within: { group: "", kind: "Service", namespace: "backend", name: "quote" },
    },
  ]);
});

test("the full form, and both mixed", () => {
  const { objects } = unfold(`
apiVersion: getambassador.io/v2
kind: Mapping
metadata: { name: a, namespace: other, labels: { own: "1" } }
spec: { prefix: /a/ }
service: s
---
apiVersion: getambassador.io/v3alpha1
kind: Host
name: b
namespace: _automatic_
metadata_labels: { yes: true }
spec: { hostname: h }
`);
  assert.deepEqual(
    objects.map(({ ref, version, labels: own, body }) => [ref.name, ref.namespace, version, own, body]),
    [
      ["a", "other", "v2", { own: "1" }, { spec: { prefix: "/a/", service: "s" } }],
      ["b", "backend", "v3alpha1", { true: "true" }, { spec: { hostname: "h" } }],
    ],
  );
});

test("_automatic_ is the instance's own namespace", () => {
  const raw = service("{apiVersion: ambassador/v1, kind: Mapping, name: a, namespace: _automatic_}");
  assert.equal(unfoldAnnotations(raw, "ambassador").value?.[0]?.ref.namespace, "ambassador");
});

test("labels that are there, if empty, are own labels", () => {
  assert.deepEqual(
    unfold("{apiVersion: ambassador/v1, kind: Mapping, name: a, metadata_labels: {}}").objects[0]?.labels,
    {},
  );
});

test("one document that is no resource costs only itself", () => {
  const { objects, found } = unfold(`
apiVersion: ambassador/v1
kind: Mapping
name: good
---
apiVersion: v1
kind: Service
name: stranger
---
just text
---
- 1
---
---
apiVersion: ambassador/v1
kind: Mapping
---
{apiVersion: ambassador/v1, kind: Mapping, name: "", spec: 3}
---
{apiVersion: ambassador/v1, kind: Mapping, name: 404}
---
{apiVersion: ambassador/v1, kind: Mapping, name: labelled, metadata_labels: {a: {toString: null}}}
`);
  assert.deepEqual(
    objects.map((object) => object.ref.name),
    ["good", "404"],
  );
  assert.deepEqual(found, [
    "annotation/invalid-document: document 2 of the annotation is not used: its apiVersion is not one of getambassador.io or ambassador",
    "annotation/invalid-document: document 3 of the annotation is not used: it is a string, not a resource with fields",
    "annotation/invalid-document: document 4 of the annotation is not used: it is a list, not a resource with fields",
    "annotation/invalid-document: document 6 of the annotation is not used: it has no name",
    "annotation/invalid-document: document 7 of the annotation is not used: its spec is not an object",
    "annotation/invalid-document: document 9 of the annotation is not used: its labels are not texts",
  ]);
});

test("a syntax error anywhere costs the whole annotation", () => {
  const { objects, found } = unfold(`
apiVersion: ambassador/v1
kind: Mapping
name: good
---
password: *hidden
`);
  assert.deepEqual(objects, []);
  assert.deepEqual(found, [
    "annotation/syntax: the annotation is not YAML: unidentified alias (line 6, column 12 of the annotation)",
  ]);
});

test("a key that is there twice counts the last time", () => {
  const { objects, found } = unfold("apiVersion: ambassador/v1\nkind: Mapping\nname: a\nname: b");
  assert.equal(objects[0]?.ref.name, "b");
  assert.deepEqual(found, ["annotation/duplicate-key: a field is given more than once in the same object"]);
});

test("Services and Ingresses carry annotations, others do not", () => {
  const text = "{apiVersion: ambassador/v1, kind: Mapping, name: a}";
  assert.equal(unfoldAnnotations(service(text, "Ingress")).value?.length, 1);
  assert.equal(unfoldAnnotations(service(text, "Secret")).value?.length, 0);
  assert.deepEqual(unfoldAnnotations(service(" \n")), { value: [], diagnostics: [] });
});

for (const leaf of ["x", "~", "{}"])
  test(`an alias bomb of ${leaf} is not expanded`, () => {
    const lines = [`a: &a [${Array(10).fill(leaf).join(",")}]`];
    for (let i = 1; i < 12; i++) {
      const [name, before] = [String.fromCharCode(97 + i), String.fromCharCode(96 + i)];
      lines.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(",")}]`);
    }
    const { objects, found } = unfold(lines.join("\n"));
    assert.deepEqual(objects, []);
    assert.deepEqual(found, [
      "annotation/too-large: the annotation is not read: it is too large with its aliases expanded",
    ]);
  });

test("an annotation of more than 1 MiB is not read", () => {
  assert.deepEqual(unfold(`a: ${"x".repeat(1 << 20)}`).found, [
    "annotation/too-large: the annotation is not read: it is larger than 1 MiB",
  ]);
});

test("words and numbers are read as Kubernetes reads them", () => {
  const { objects } = unfold(
    "{apiVersion: ambassador/v1, kind: M, name: a, a: yes, b: off, c: y, d: 0644, e: 12:30, f: 2020-01-01}",
  );
  assert.deepEqual(objects[0]?.body["spec"], { a: true, b: false, c: "y", d: 420, e: "12:30", f: "2020-01-01" });
});

test("an alias within itself is too large", () => {
  assert.deepEqual(
    unfoldAnnotations(service("&x \n- *x")).diagnostics.map(({ code }) => code),
    ["annotation/too-large"],
  );
});

test("no text makes it throw", () => {
  const pieces = fc.constantFrom(
    "---\n",
    "a: ",
    "&x ",
    "*x",
    "- ",
    "{",
    "}",
    "[",
    "\t",
    "\0",
    "!!binary ",
    "<<: ",
    "? ",
    "\n",
    "kind",
    "é",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((parts) => parts.join("")),
      ),
      (text) => {
        const { value, diagnostics } = unfoldAnnotations(service(text));
        assert.ok(Array.isArray(value) && Array.isArray(diagnostics));
      },
    ),
    { numRuns: 500 },
  );
});
