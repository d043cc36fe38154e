/**
 * How full the heap is. What is in use includes garbage, so near the limit it is collected before anybody is turned
 * away; that needs Node's `--expose-gc`, which the keeper gives, and without it garbage counts.
 */
import { getHeapStatistics } from "node:v8";

/** The heap of this process. */
export interface Heap {
  /** In bytes. */
  readonly limit: number;
  /** In bytes; garbage counts. */
  used(): number;
  /** In bytes, after a collection of garbage. */
  held(): number;
}

/** What the limit of V8 has for new objects, three times `--max-semi-space-size`, and what lives on cannot use. */
const nurseryBytes = 3 * 16 * 1024 * 1024;

/** Reads it from V8. */
export const ownHeap: Heap = {
  limit: getHeapStatistics().heap_size_limit - nurseryBytes,
  used: () => getHeapStatistics().used_heap_size,
  held() {
    globalThis.gc?.();
    return getHeapStatistics().used_heap_size;
  },
};

/**
 * Collects garbage and gives what was room for it back to the system. Holds the process for 0.16 s at 10,000 Mappings;
 * does nothing without `--expose-gc`.
 */
export function giveMemoryBack(): void {
  globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  // Otherwise V8 goes on saving, and collects again when 8 MiB have come, in the midst of edits.
  globalThis.gc?.();
}
