/**
 * Steps of a random life of a compiler: edits of everything that it is fed with, and commits of any size; and the
 * world that they lead to, from which a compiler can be started from nothing.
 */
import fc, { type Arbitrary } from "fast-check";
import { refKey } from "#base/origin.ts";
import {
  type Compiler,
  type CompilerEdit,
  type ConsulAnswer,
  defaultSettings,
  type FileContent,
  type LastGood,
  type RawObject,
  type Refusal,
  type Settings,
} from "#compiler";
import { contentHash } from "../../src/compiler/api/content-hash.ts";
import { answerKey, consulAnswer } from "./answers.ts";
import { fileContents } from "./material.ts";
import { anyObject, theModule } from "./objects.ts";

/** `put` without an object deletes; the rest is what the shell does about an object, by its key. */
export type Step =
  | { readonly do: "put"; readonly key: string; readonly object?: RawObject }
  | { readonly do: "remember" | "forget" | "refuse" | "pardon"; readonly key: string }
  | { readonly do: "file"; readonly path: string; readonly content?: FileContent }
  | { readonly do: "answer"; readonly key: string; readonly answer?: ConsulAnswer }
  | { readonly do: "configure"; readonly settings: Settings }
  | { readonly do: "commit"; readonly keys: number };

/** Everything that decides what is compiled. */
export interface World {
  readonly objects: Map<string, RawObject>;
  readonly lastGood: Map<string, LastGood>;
  readonly refusals: Map<string, Refusal>;
  readonly files: Map<string, FileContent>;
  readonly consul: Map<string, ConsulAnswer>;
  settings: Settings;
  /** The first text that was read of each object: what is remembered of it when it is bad. */
  readonly first: Map<string, RawObject>;
}

/** A commit that may do everything. */
export const everything: Step = { do: "commit", keys: Number.POSITIVE_INFINITY };

const key = fc.integer({ min: 1, max: 50 }).map((n) => `file.yaml#${n}`);

/** Any settings. */
export const settings: Arbitrary<Settings> = fc
  .record({
    ambassadorId: fc.constantFrom("default", "default", "other"),
    namespace: fc.constantFrom("default", "backend"),
    httpsPort: fc.constantFrom(undefined, 8443),
    ports: fc.constantFrom({}, { "8080": 18080 }),
    resolve: fc.constantFrom({}, { "one.backend:8080": "127.0.0.1:9001" }),
    expandEnv: fc.constantFrom({}, { HOST: "a.test" }),
    looseLabelSelectors: fc.boolean(),
    disableEndpoints: fc.boolean(),
    knative: fc.boolean(),
    unprivilegedPortStart: fc.constantFrom(0, 1024),
    routeTables: fc.constantFrom(undefined, "scoped" as const, "pathed" as const),
    certificates: fc.constantFrom(undefined, "by-name" as const),
  })
  .map(({ httpsPort, knative, routeTables, certificates, ...rest }) => ({
    ...defaultSettings,
    ...rest,
    ...(httpsPort === undefined ? {} : { httpsPort }),
    ...(knative ? { knative } : {}),
    ...(routeTables ? { routeTables } : {}),
    ...(certificates ? { certificates } : {}),
  }));

const put: Arbitrary<Step> = fc.record({ do: fc.constant("put" as const), key, object: anyObject });

const file: Arbitrary<Step> = fc.constantFrom(
  ...Object.entries(fileContents).flatMap(([path, contents]) => [
    { do: "file" as const, path },
    ...contents.map((content) => ({ do: "file" as const, path, content })),
  ]),
);

const answer: Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("answer" as const), key: answerKey, answer: consulAnswer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("answer" as const), key: answerKey }) },
);

/** Any step. */
export const anyStep: Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: put },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("put" as const), key }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom("remember", "forget", "refuse", "pardon"), key }) },
  { weight: 2, arbitrary: file },
  { weight: 2, arbitrary: answer },
  { weight: 1, arbitrary: settings.map((settings) => ({ do: "configure" as const, settings })) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 60 }).map((keys) => ({ do: "commit" as const, keys })) },
  { weight: 3, arbitrary: fc.constant(everything) },
);

/** The one Module of a world: where it is written over, nearly everything reads what has changed. */
export const module: Arbitrary<Step> = theModule.map((object) => ({ do: "put", key: "file.yaml#module", object }));

/** A step that writes one object. */
export const onePut: Arbitrary<Step> = put;

/** The objects that a life begins with. */
export const someObjects: Arbitrary<readonly Step[]> = fc.array(put, { minLength: 20, maxLength: 50, size: "max" });

/** A world without objects. */
export function emptyWorld(): World {
  return {
    objects: new Map(),
    lastGood: new Map(),
    refusals: new Map(),
    files: new Map(),
    consul: new Map(),
    settings: { ...defaultSettings, knative: true },
    first: new Map(),
  };
}

/** Takes an editing step in the world and in a compiler that lives in it. */
export function edit(world: World, compiler: Compiler, step: Exclude<Step, { readonly do: "commit" }>): void {
  const edits = editsOf(world, compiler, step);
  for (const one of edits) write(world, one);
  compiler.apply(edits);
}

function editsOf(
  world: World,
  compiler: Compiler,
  step: Exclude<Step, { readonly do: "commit" }>,
): readonly CompilerEdit[] {
  if (step.do === "put") return [{ kind: "object", key: step.key, value: step.object }];
  if (step.do === "file") return [{ kind: "file", key: step.path, value: step.content }];
  if (step.do === "answer") return [{ kind: "consul", key: step.key, value: step.answer }];
  if (step.do === "configure") return [{ kind: "settings", value: step.settings }];
  const object = world.objects.get(step.key);
  if (object === undefined) return [];
  const key = refKey(object.ref);
  switch (step.do) {
    case "remember": {
      const good = compiler.admitted(object.ref) ?? world.first.get(key) ?? object;
      return [{ kind: "lastGood", key, value: { object: good } }];
    }
    case "forget":
      return [{ kind: "lastGood", key }];
    case "refuse": {
      const { envoyVersion } = world.settings;
      const value = { ref: object.ref, hash: contentHash(object), message: "no such thing", envoyVersion };
      return [{ kind: "refusal", key, value }];
    }
    case "pardon":
      return [{ kind: "refusal", key }];
  }
}

function write(world: World, edit: CompilerEdit): void {
  if (edit.kind === "settings") world.settings = edit.value;
  else if (edit.kind === "object") {
    set(world.objects, edit.key, edit.value);
    if (edit.value && !world.first.has(refKey(edit.value.ref))) world.first.set(refKey(edit.value.ref), edit.value);
  } else if (edit.kind === "lastGood") set(world.lastGood, edit.key, edit.value);
  else if (edit.kind === "consul") set(world.consul, edit.key, edit.value);
  else if (edit.kind === "file") set(world.files, edit.key, edit.value);
  else if (edit.kind === "refusal") set(world.refusals, edit.key, edit.value);
}

function set<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
