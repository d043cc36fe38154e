/**
 * The API server and the compiler judge objects alike: what one refuses for its form, the other does, in the same field;
 * and whatever the compiler reads, the API server stores, in whatever version it is written and read.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import type { Diagnostic } from "#base/diagnostic.ts";
import type { RawObject } from "#compiler";
import { generationOf, type Kind } from "../../src/compiler/api/kind.ts";
import { ambassadorGroup, ambassadorKinds } from "../../src/compiler/api/kinds.ts";
import { fieldsIn } from "../../src/compiler/api/schema/openapi.ts";
import { storableVersions } from "../../src/compiler/api/stored-versions.ts";
import { caseNames } from "../envoy/case-directory.ts";
import { formal, valuesOf } from "../schema-values.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import { objectsOfCase } from "./golden-objects.ts";
import type { ApiAnswer } from "./request.ts";

const kinds = ambassadorKinds as readonly unknown[] as readonly Kind[];

let cluster: Cluster;

before(async () => {
  cluster = await startCluster();
  await installCrds(cluster);
});

after(() => cluster.stop());

const path = (kind: Kind, version: string): string =>
  `/apis/${ambassadorGroup}/${version}/namespaces/default/${kind.plural}`;

/** Deviations that stay. */
const intended: readonly string[] = [
  // A number that is written as a text, because annotations may; custom resources never could.
  "error-response/formats Mapping formats: only the API server refuses .spec.error_response_overrides[4].on_status_code",
  // To the API server, a value of several types is one of any type.
  "error-response/invalid Mapping shop: only the compiler refuses .spec.error_response_overrides[3].body.json_format.a",
];

for (const feature of new Set(caseNames().map((name) => name.split("/")[0] ?? ""))) {
  test(`golden cases of ${feature}: the API server refuses the forms that the compiler refuses, and no others`, async () => {
    const deviations: string[] = [];
    for (const name of caseNames(`${feature}/`).filter((one) => one.startsWith(`${feature}/`))) {
      for (const { object, diagnostics } of objectsOfCase(name)) {
        const kind = kinds.find((one) => one.kind === object.ref.kind && object.ref.group === ambassadorGroup);
        if (kind === undefined || isNeverStored(kind, object)) continue;
        const theirs = await refused(kind, object);
        const ours = diagnostics.filter((one) => !isElsewhere(kind, one));
        deviations.push(...compare(theirs, ours).map((text) => `${name} ${kind.kind} ${object.ref.name}: ${text}`));
      }
    }
    assert.deepEqual(
      deviations.filter((text) => !intended.includes(text)),
      [],
    );
  });
}

/** Of a version that was only ever written in annotations. */
function isNeverStored(kind: Kind, { version }: RawObject): boolean {
  const known: readonly string[] = kind.versions;
  const storable: readonly string[] = storableVersions(kind);
  return known.includes(version) && !storable.includes(version);
}

/** A field of another version than the object's; the API server keeps room for it. */
function isElsewhere(kind: Kind, { code, at }: Diagnostic): boolean {
  const names = kind.versions.flatMap((version) => fieldsIn(kind.schema, version).map(({ name }) => `.spec.${name}`));
  return code === "object/unknown-field" && names.includes(at.path);
}

/** The namespace is another one: the cases' own do not exist. */
function manifest({ ref, version, labels, annotations, body }: RawObject): unknown {
  const metadata = { name: ref.name, labels, annotations };
  return { apiVersion: `${ref.group}/${version}`, kind: ref.kind, metadata, ...body };
}

const aboutForm: readonly string[] = ["object/invalid-field", "object/unknown-field", "object/unsupported-version"];

function compare(theirs: ReadonlySet<string>, ours: readonly Diagnostic[]): string[] {
  // Of a choice among several fields that are all missing, the API server names one.
  const isKnown = (field: string): boolean =>
    ours.some(({ at }) => at.path === field || (at.path !== "" && field.startsWith(`${at.path}.`)));
  const ourForms = ours.filter(({ code, at }) => aboutForm.includes(code) && !isFree(at.path));
  return [
    ...[...theirs].filter((field) => !isKnown(field)).map((field) => `only the API server refuses ${field}`),
    ...ourForms.filter(({ at }) => !theirs.has(at.path)).map(({ at }) => `only the compiler refuses ${at.path}`),
  ];
}

/** The settings of a Module are one free object to the API server, so that it is stored with a wrong one among many. */
const isFree = (field: string): boolean => field.startsWith(".spec.config");

/** Asked twice, because unknown fields hide wrong ones. */
async function refused(kind: Kind, object: RawObject): Promise<ReadonlySet<string>> {
  const answers = ["Strict", "Ignore"].map((validation) =>
    cluster.ask("POST", `${path(kind, object.version)}?dryRun=All&fieldValidation=${validation}`, manifest(object)),
  );
  return new Set((await Promise.all(answers)).flatMap(refusedFields));
}

function refusedFields({ status, body }: ApiAnswer): string[] {
  if (status === 201) return [];
  if (status === 404) return [".apiVersion"];
  const message = String(body["message"]);
  const unknown = [...message.matchAll(/unknown field "([^"]+)"/g)].map(([, field]) => `.${field}`);
  const { causes = [] } = (body["details"] ?? {}) as { causes?: readonly { field: string; message: string }[] };
  return [...unknown, ...causes.map((cause) => `.${fieldOf(cause)}`)];
}

/** A choice among several fields has its place in the message only. */
function fieldOf({ field, message }: { readonly field: string; readonly message: string }): string {
  return field === "<nil>" ? (/"([^"]+)" must validate one and only one/.exec(message)?.[1] ?? message) : field;
}

let made = 0;

for (const kind of kinds) {
  const versions = storableVersions(kind);
  for (const version of versions) {
    test(`${kind.kind} ${version}: what the compiler takes is stored, and every version shows all of it`, async () => {
      const specs = valuesOf(formal(kind.schema), generationOf(version));
      await fc.assert(
        fc.asyncProperty(specs, async (spec) => {
          const metadata = { name: `any-${++made}` };
          const object = { apiVersion: `${ambassadorGroup}/${version}`, kind: kind.kind, metadata, spec };
          const stored = await cluster.ask("POST", `${path(kind, version)}?fieldValidation=Strict`, object);
          assert.equal(stored.status, 201, JSON.stringify(stored.body["message"]));
          for (const other of versions) {
            const { body } = await cluster.ask("GET", `${path(kind, other)}/${metadata.name}`);
            assert.deepEqual(body["spec"], JSON.parse(JSON.stringify(spec)), `read as ${other}`);
          }
        }),
        { numRuns: 10 },
      );
    });
  }
}
