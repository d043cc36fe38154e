/** Sources: where edits come in. They wait here until the next commit; the last write per key wins. */
import type { Inspection, Source } from "./graph.ts";
import { Stored } from "./stored.ts";

/** A collection that is written from outside, never by a transformation. */
export class SourceCollection<T> extends Stored<T> implements Source<T> {
  private readonly pending = new Map<string, T | undefined>();

  set(key: string, value: T): void {
    this.edit(key, value);
  }

  delete(key: string): void {
    this.edit(key, undefined);
  }

  get hasEdits(): boolean {
    return this.pending.size > 0;
  }

  /** Makes the edits take effect. */
  apply(): void {
    this.pending.forEach((value, key) => {
      this.put(key, value);
    });
    this.pending.clear();
    this.flush();
  }

  inspect(_collection: string, key: string): Inspection | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    const self = { collection: this.name, key };
    const none = { inputs: [], reads: [], diagnostics: [] };
    return { ...self, ...none, kind: "source", value, outputs: [self], commit: this.commitOf(key) };
  }

  private edit(key: string, value: T | undefined): void {
    if (this.state.running) throw new Error(`${this.name} cannot be written during a commit`);
    this.pending.set(key, value);
  }
}
