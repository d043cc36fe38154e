/**
 * A commit: edits take effect, and one pass over the nodes in declaration order brings everything up to date.
 * An interrupted pass is a wave that goes on with the next commit; edits made since form a wave of their own, which
 * goes first, so that a small edit never waits for a wide one.
 */
import type { Changes, Collection } from "./graph.ts";
import type { Node, Woken } from "./node.ts";
import type { SourceCollection } from "./source.ts";
import type { ChangedKeys, CommitState } from "./stored.ts";

/** How far a commit came: to its end, to the end of its edits with older work left (`overtook`), or to neither. */
export type Reached = "end" | "overtook" | "part";

/** Does one commit, as far as `mayContinue` allows, but at least one key. */
export function work(
  state: CommitState,
  sources: readonly SourceCollection<unknown>[],
  nodes: readonly Node[],
  woken: Woken,
  mayContinue?: () => boolean,
): Reached {
  state.number++;
  state.running = true;
  try {
    const { interrupted } = state;
    const moved = interrupted && state.moved;
    const hasEdits = sources.some((source) => source.hasEdits);
    if (hasEdits) {
      if (interrupted) for (const node of nodes) node.setAside();
      for (const source of sources) source.apply();
    }
    // Sources take all of an edit at once.
    state.moved = moved;
    const ask = afterFirst(mayContinue ?? always);
    state.interrupted = true;
    if (!pass(nodes, woken, ask)) return "part";
    // What the edits themselves have moved is complete.
    state.moved = moved;
    if (interrupted && nodes.some((node) => node.hasMore)) {
      if (mayContinue && hasEdits && !moved) return "overtook";
      for (const node of nodes) node.bringBack();
      if (!pass(nodes, woken, ask)) return "part";
    }
    state.interrupted = false;
    state.first = false;
    return "end";
  } finally {
    state.running = false;
  }
}

/** What has changed since the last call. */
export function takeChanges(state: CommitState, reached: Reached, diagnostics: Collection<unknown>): Changes {
  const { number } = state;
  const changes = new Map<Collection<unknown>, ChangedKeys>();
  for (const collection of state.touched) changes.set(collection, collection.takeChanges());
  state.touched.clear();
  return {
    done: reached === "end",
    overtook: reached === "overtook",
    commit: number,
    changed: (of) => {
      if (state.number !== number) throw new Error(`asked for the changes of commit ${number} after a later one`);
      return new Set(changes.get(of)?.keys());
    },
    diagnosticsChanged: (changes.get(diagnostics)?.size ?? 0) > 0,
  };
}

function always(): boolean {
  return true;
}

function pass(nodes: readonly Node[], woken: Woken, mayContinue: () => boolean): boolean {
  // Nodes are woken on the way, but only later ones.
  for (let at = woken.indexOf(true); at >= 0; at = woken.indexOf(true, at + 1)) {
    if (nodes[at]?.work(mayContinue) === false) return false;
    woken[at] = false;
  }
  return true;
}

/** A commit that is never allowed anything would never end, so the first key is not asked for. */
function afterFirst(mayContinue: () => boolean): () => boolean {
  let first = true;
  return () => {
    if (!first) return mayContinue();
    first = false;
    return true;
  };
}
