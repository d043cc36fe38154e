/**
 * Keeps the configuration from growing beyond the memory that there is: objects that are new are turned away, with a
 * diagnostic each, while the heap is nearly full. What is served already stays, can be edited and deleted, and its
 * endpoints and Secrets are always let in. What was turned away comes in when there is room again.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { CompilerEdit, RawObject } from "#compiler";
import type { Clock } from "../clock.ts";
import type { Heap } from "./heap.ts";

/** What looks at edits on their way to the compiler, last of all. */
export interface MemoryGate {
  /** The edits that go on now. */
  admit(edits: readonly CompilerEdit[]): readonly CompilerEdit[];
  /** Those of the last edits that may go on now that those before are compiled; none when all have been judged. */
  more(): readonly CompilerEdit[];
  /** One for each object that was turned away. */
  diagnostics(): readonly Diagnostic[];
}

/** What it works with. */
export interface MemoryGateOptions {
  readonly heap: Heap;
  readonly clock: Clock;
  /** Whether an object is compiled, by its source's key. */
  isIn(key: string): boolean;
  /** Has edits looked at again. */
  push(edits: readonly CompilerEdit[]): void;
  /** Some were turned away, or let in after all. */
  onChange(): void;
}

type ObjectEdit = Extract<CompilerEdit, { readonly kind: "object" }>;

/** Shares of the limit. */
const full = 0.75;
const roomy = 0.65;
/** What a new object and everything that is made of it takes: more than most do. */
const objectBytes = 20 * 1024;
/** A part is no smaller, because each is compiled by itself. */
const fewest = 200;
/** How often it is looked whether there is room again. */
const againMs = 30_000;

/** Starts with nothing turned away. */
export function createMemoryGate({ heap, clock, isIn, push, onChange }: MemoryGateOptions): MemoryGate {
  /** New and not judged yet, by key. */
  const queue = new Map<string, ObjectEdit>();
  const refused = new Map<string, RawObject>();
  let isLooking = false;

  /** How many new objects may be compiled at once without coming near the limit. */
  function room(share: number): number {
    const bytes = (used: number) => heap.limit * share - used;
    const left = bytes(heap.used());
    const sure = left > fewest * objectBytes ? left : bytes(heap.held());
    return sure <= 0 ? 0 : Math.max(fewest, Math.floor(sure / 2 / objectBytes));
  }

  function turnAllAway(): void {
    for (const { key, value } of queue.values()) if (value) refused.set(key, value);
    queue.clear();
    lookLater();
    onChange();
  }

  function lookLater(): void {
    if (isLooking) return;
    isLooking = true;
    clock.after(againMs, letIn);
  }

  function letIn(): void {
    isLooking = false;
    const few = refused.entries().take(room(roomy)).toArray();
    for (const [key] of few) refused.delete(key);
    if (refused.size > 0) lookLater();
    if (few.length === 0) return;
    push(few.map(([key, value]) => ({ kind: "object", key, value })));
    onChange();
  }

  function more(): readonly CompilerEdit[] {
    if (queue.size === 0) return [];
    const next = queue.values().take(room(full)).toArray();
    for (const { key } of next) queue.delete(key);
    if (next.length === 0) turnAllAway();
    return next;
  }

  return {
    more,
    admit(edits) {
      const others: CompilerEdit[] = [];
      for (const edit of edits) {
        if (edit.kind === "object") {
          queue.delete(edit.key);
          if (refused.delete(edit.key)) onChange();
        }
        if (isFresh(edit, isIn)) queue.set(edit.key, edit);
        else others.push(edit);
      }
      return [...others, ...more()];
    },
    diagnostics: () => [...refused.values()].map((object) => turnedAway(object, heap.limit)),
  };
}

/** Services, endpoints, Secrets and Namespaces belong to what is served, and are small. */
function isFresh(edit: CompilerEdit, isIn: (key: string) => boolean): edit is ObjectEdit {
  if (edit.kind !== "object" || !edit.value || isIn(edit.key)) return false;
  return edit.value.ref.group !== "" && edit.value.ref.group !== "discovery.k8s.io";
}

function turnedAway({ ref }: RawObject, limit: number): Diagnostic {
  const message = `there is no memory left for new objects; the control process may use ${Math.round(limit / 2 ** 20)} MiB`;
  return diagnose("memory/full", { ref, path: "" }, message, {
    traffic: "requests are answered as if the object were not there",
    hint: "raise the container's memory limit, or DRAGOMAN_MEMORY; it is taken in as soon as there is room",
  });
}
