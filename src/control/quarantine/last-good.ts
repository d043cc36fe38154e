/**
 * Which earlier version of an object is kept while its current one is bad. The compiler decides whether it uses one;
 * this remembers what it could use: at an edit the version before, afterwards only those in use.
 */
import { type ResourceRef, refKey } from "#base/origin.ts";
import {
  type Compiler,
  type CompilerEdit,
  configAnnotation,
  isWithheld,
  type LastGood,
  type RawObject,
} from "#compiler";

/** An object that changed and of which Envoy has not acknowledged everything yet. */
export interface RecentChange {
  readonly ref: ResourceRef;
  /** The version before that was in use; absent for a new object. */
  readonly previous?: RawObject;
  /** The first change set that holds all of its effect; absent while it is being compiled. */
  readonly number?: number;
}

/** The memory of earlier versions. */
export interface LastGoodKeeper {
  /** What goes with edits of objects, so that a bad edit is never compiled without the version before it. */
  before(edits: readonly CompilerEdit[]): CompilerEdit[];
  /** What is over now that the edits are compiled, and all of their effect is in this change set or an earlier one. */
  after(number: number): CompilerEdit[];
  /** Objects of which Envoy may not have acknowledged everything, by `refKey`. */
  readonly recent: ReadonlyMap<string, RecentChange>;
  /** Envoy has acknowledged everything up to this change set. */
  forget(number: number): void;
  /** Those in use, by `refKey`. */
  readonly kept: ReadonlyMap<string, LastGood>;
}

/** Starts with what an earlier process kept. */
export function createLastGoodKeeper(
  compiler: Compiler,
  initial: Iterable<readonly [string, LastGood]>,
): LastGoodKeeper {
  const kept = new Map(initial);
  const recent = new Map<string, RecentChange>();
  const { inputs, objects } = compiler.declared;
  const { identities, admitted } = objects;

  function note(ref: ResourceRef, edits: CompilerEdit[]): void {
    const key = refKey(ref);
    const present = compiler.admitted(ref);
    const previous = present && !isWithheld(present) ? present : undefined;
    const known = recent.get(key)?.previous ?? previous;
    recent.set(key, known ? { ref, previous: known } : { ref });
    if (!previous) return;
    kept.set(key, { object: previous });
    edits.push({ kind: "lastGood", key, value: { object: previous } });
  }

  /** Objects inside an object's annotations change with it. */
  function* within(outer: RawObject | undefined): Iterable<ResourceRef> {
    if (!outer?.annotations[configAnnotation]) return;
    const key = refKey(outer.ref);
    for (const [, [inner]] of identities.entries()) {
      if (inner?.within && refKey(inner.within) === key) yield inner.ref;
    }
  }

  return {
    recent,
    kept,
    before(edits) {
      const more: CompilerEdit[] = [];
      for (const edit of edits) {
        if (edit.kind === "lastGood" && edit.value) kept.set(edit.key, edit.value);
        if (edit.kind !== "object") continue;
        const old = inputs.objects.get(edit.key);
        const ref = edit.value?.ref ?? old?.ref;
        // Data that is dropped because nothing refers to it changes nothing, and must not live on here.
        if (!ref || (edit.value && isWithheld(edit.value))) continue;
        note(ref, more);
        for (const inner of within(old)) note(inner, more);
      }
      return more;
    },
    after(number) {
      for (const [key, one] of recent) if (one.number === undefined) recent.set(key, { ...one, number });
      const over = [...kept.keys()].filter((key) => admitted.get(key)?.from !== "lastGood");
      for (const key of over) kept.delete(key);
      return over.map((key) => ({ kind: "lastGood", key }));
    },
    forget(acknowledged) {
      for (const [key, { number }] of recent) if (number !== undefined && number <= acknowledged) recent.delete(key);
    },
  };
}
