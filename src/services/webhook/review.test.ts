/** What the API server is answered: every version to every other and back, and any text at all. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { valuesOf } from "../../../test/schema-values.ts";
import { generationOf, type Kind } from "../../compiler/api/kind.ts";
import { ambassadorKinds } from "../../compiler/api/kinds.ts";
import { storableVersions } from "../../compiler/api/stored-versions.ts";
import { answerReview } from "./review.ts";

interface Response {
  readonly uid: string;
  readonly convertedObjects: readonly Json[];
  readonly result: { readonly status: string; readonly message?: string };
}
type Json = Readonly<Record<string, unknown>>;

function ask(request: unknown): Response {
  const { status, body } = answerReview(JSON.stringify(review(request)));
  assert.equal(status, 200);
  return (JSON.parse(body) as { response: Response }).response;
}

const review = (request: unknown): Json => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "ConversionReview",
  request,
});
const group = "getambassador.io";

function convert(object: Json, version: string): Json {
  const { uid, convertedObjects, result } = ask({
    uid: "u",
    desiredAPIVersion: `${group}/${version}`,
    objects: [object],
  });
  assert.deepEqual([uid, result, convertedObjects.length], ["u", { status: "Success" }, 1]);
  return convertedObjects[0] ?? {};
}

const metadata = { name: "it", namespace: "ns", uid: "x", labels: { a: "b" }, managedFields: [] };
const status = { state: "Ready" };

for (const kind of ambassadorKinds as readonly unknown[] as readonly Kind[]) {
  const versions = storableVersions(kind);
  for (const version of versions.filter((one) => one !== "v1beta1" && one !== "v1beta2")) {
    test(`${kind.kind} ${version} means the same after it was shown in another version; the rest of it stays`, () => {
      fc.assert(
        fc.property(valuesOf(kind.schema, generationOf(version)), fc.constantFrom(...versions), (spec, other) => {
          const plain = JSON.parse(JSON.stringify(spec)) as Json;
          const object = { apiVersion: `${group}/${version}`, kind: kind.kind, metadata, spec: plain, status };
          const shown = convert(object, other);
          assert.deepEqual({ ...shown, spec: {} }, { ...object, apiVersion: `${group}/${other}`, spec: {} });
          const back = convert(shown, version);
          // What is left out and its default are the same, so that the first round settles it and no other changes it.
          assert.deepEqual(convert(convert(back, other), version), back);
          assert.deepEqual(meaning(back), meaning(object));
        }),
        { numRuns: 30 },
      );
    });
  }
}

/** What an object comes to in the hub, once settled: an absent list of ids is the default one, for example. */
function meaning(object: Json): unknown {
  if (object["kind"] === "Listener") return object["spec"];
  const [hub, old] = [`v3alpha1`, `v2`];
  const { spec } = convert(convert(convert(object, hub), old), hub);
  return { ambassador_id: ["default"], ...(spec as Json) };
}

const mapping = { apiVersion: `${group}/v3alpha1`, kind: "Mapping", metadata: { name: "it" } };

test("what v3alpha1 says is marked in v2, so that nobody takes it for an object that was never converted", () => {
  for (const ids of [undefined, [], ["edge"]]) {
    const { spec } = convert({ ...mapping, spec: { prefix: "/", service: "a", ambassador_id: ids } }, "v2");
    const { ambassador_id: marked } = spec as { ambassador_id?: readonly string[] };
    assert.deepEqual(marked, [`--apiVersion-v3alpha1-only--${ids?.[0] ?? "default"}`]);
  }
});

test("what was stored while nothing converted is converted from the version that it was written in", () => {
  const writer = {
    manager: "kubectl",
    operation: "Apply",
    apiVersion: `${group}/v3alpha1`,
    fieldsV1: { "f:spec": {} },
  };
  const spec = { prefix: "/", service: "a", add_request_headers: { a: { value: "b" } } };
  const stored = {
    apiVersion: `${group}/v2`,
    kind: "Mapping",
    metadata: { name: "it", managedFields: [{ ...writer, time: "2026-01-01T00:00:00Z" }] },
    spec,
  };
  assert.deepEqual(convert(stored, "v3alpha1")["spec"], spec);
  assert.deepEqual(convert(stored, "v1")["spec"], convert({ ...mapping, spec }, "v1")["spec"]);
});

const good = { ...mapping, spec: { prefix: "/", service: "a" } };
const odd: readonly (readonly [what: string, objects: readonly unknown[], desired: string, said: RegExp])[] = [
  ["no object", [7], `${group}/v2`, /it is not an object/],
  ["no kind", [{ ...good, kind: undefined }], `${group}/v2`, /it has no apiVersion or no kind/],
  ["a kind of nobody", [{ ...good, kind: "Maping" }], `${group}/v2`, /there is no kind Maping in getambassador\.io/],
  ["another group", [{ ...good, apiVersion: "a.b/v2" }], `${group}/v2`, /there is no kind Mapping in a\.b/],
  ["a version of annotations", [{ ...good, apiVersion: `${group}/v0` }], `${group}/v2`, /Mapping has no version .*v0/],
  ["a version of the future", [good], `${group}/v9`, /Mapping ns\/it: Mapping has no version .*v9/],
  ["one bad object among good ones", [good, {}], `${group}/v2`, /it has no apiVersion/],
];

for (const [what, objects, desiredAPIVersion, said] of odd) {
  test(`a failure that is told: ${what}`, () => {
    const named = objects.map((one) => (one === good ? { ...good, metadata: { name: "it", namespace: "ns" } } : one));
    const { uid, convertedObjects, result } = ask({ uid: "u", desiredAPIVersion, objects: named });
    assert.deepEqual([uid, result.status, convertedObjects], ["u", "Failure", []]);
    assert.match(result.message ?? "", said);
  });
}

test("an object without a spec is shown as it is", () => {
  const { apiVersion, ...rest } = convert(mapping, "v1");
  assert.deepEqual([apiVersion, rest], [`${group}/v1`, { kind: "Mapping", metadata: { name: "it" } }]);
});

test("any text is answered", () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map((value) => JSON.stringify(review(value))),
  );
  fc.assert(fc.property(text, (any) => assert.ok(answerReview(any).failure)));
});

test("any spec is answered", () => {
  const names = ambassadorKinds.map(({ kind }) => kind);
  const versions = fc.constantFrom("v1", "v2", "v3alpha1");
  const fields = [
    "headers",
    "labels",
    "cors",
    "service",
    "tls",
    "ambassador_id",
    "host",
    "config",
    "limits",
    "rate_limits",
  ];
  const specs = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue());
  fc.assert(
    fc.property(fc.constantFrom(...names), versions, versions, specs, (kind, from, to, spec) => {
      const object = {
        ...mapping,
        kind,
        apiVersion: `${group}/${from}`,
        spec: JSON.parse(JSON.stringify(spec)) as Json,
      };
      const { result } = ask({ uid: "u", desiredAPIVersion: `${group}/${to}`, objects: [object] });
      assert.ok(result.status === "Success" || /has no version|: expected /.test(result.message ?? ""), result.message);
    }),
    { numRuns: 1000 },
  );
});

test("a depth that no API server lets through is a failure, not an end", () => {
  const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  const text = JSON.stringify(review({ uid: "u", desiredAPIVersion: `${group}/v2`, objects: [good] }));
  const { body } = answerReview(text.replace('"service":"a"', `"service":"a","x":${deep}`));
  assert.match(body, /"status":"Failure"/);
});
