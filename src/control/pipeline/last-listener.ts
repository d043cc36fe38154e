/**
 * The last Listener does not go at once: the ports of 1.x open when there is none, and one that is replaced is gone for
 * a moment. So its ports stay for a minute more, unless another Listener comes.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { refKey } from "#base/origin.ts";
import type { CompilerEdit, RawObject } from "#compiler";
import type { Clock } from "../clock.ts";

/** How long its ports stay. */
export const lastListenerMs = 60_000;

/** What looks at edits on their way to the compiler. */
export interface LastListener {
  /** The edits, and with them what keeps the last Listener, or lets go of it. */
  prepare(edits: readonly CompilerEdit[]): readonly CompilerEdit[];
}

/** What it works with. */
export interface LastListenerOptions {
  readonly clock: Clock;
  /** The Listeners of this instance that are compiled now, by `refKey`. */
  ours(): Iterable<string>;
  push(edits: readonly CompilerEdit[]): void;
  /** Some are kept that were deleted. */
  onKept(notices: readonly Diagnostic[]): void;
}

/** Starts without any Listener. */
export function createLastListener({ clock, ours, push, onKept }: LastListenerOptions): LastListener {
  /** As they were read, by the source's key. */
  const read = new Map<string, RawObject>();
  let kept: readonly CompilerEdit[] = [];
  let callOff: (() => void) | undefined;

  const letGo = (): readonly CompilerEdit[] => {
    const edits = kept.map((edit) => (edit.kind === "object" ? { kind: edit.kind, key: edit.key } : edit));
    callOff?.();
    kept = [];
    return edits;
  };
  return {
    prepare(edits) {
      const { deleted, added } = follow(read, edits);
      if (added) return [...edits, ...letGo()];
      const gone = new Map(deleted.map((object) => [refKey(object.ref), object]));
      for (const object of read.values()) gone.delete(refKey(object.ref));
      const remaining = new Set(ours());
      const last = [...gone].filter(([key]) => remaining.delete(key));
      if (last.length === 0 || remaining.size > 0) return edits;
      kept = last.map(([key, value]) => ({ kind: "object", key: `last listener ${key}`, value }));
      callOff = clock.after(lastListenerMs, () => push(letGo()));
      onKept(last.map(([, object]) => keptNotice(object)));
      return [...edits, ...kept];
    },
  };
}

/** Writes down what edits do to Listeners. */
function follow(
  read: Map<string, RawObject>,
  edits: readonly CompilerEdit[],
): { readonly deleted: readonly RawObject[]; readonly added: boolean } {
  const deleted: RawObject[] = [];
  let added = false;
  for (const edit of edits) {
    if (edit.kind !== "object") continue;
    const before = read.get(edit.key);
    if (edit.value && isListener(edit.value)) {
      read.set(edit.key, edit.value);
      added = true;
    } else if (before) {
      read.delete(edit.key);
      deleted.push(before);
    }
  }
  return { deleted, added };
}

function isListener({ ref }: RawObject): boolean {
  return ref.kind === "Listener" && ref.group.endsWith("getambassador.io");
}

function keptNotice({ ref }: RawObject): Diagnostic {
  const message = "the last Listener was deleted; its port stays open for a minute";
  return diagnose("listener/last-kept", { ref, path: "" }, message, {
    traffic: "then the ports of 1.x open (8080, 8443, service_port), unless there is a Listener again",
  });
}
