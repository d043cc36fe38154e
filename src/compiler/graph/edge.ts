/**
 * One node's reads of one collection, as that collection sees them: whom it has to wake for a key. What most input keys
 * of the node have read stands here once for all of them; of the others a single reader of a key is one string.
 */
import type { ReadRef } from "./graph.ts";
import { addMember, anyMember, type Members, membersOf, removeMember } from "./members.ts";
import type { Dependent, Readers, Stored } from "./stored.ts";

/** What is known of the reads of the whole node. */
export interface Reading {
  readonly reader: Dependent;
  /** Whether an input key has read its own key there. */
  readsOwn(edge: Edge, inputKey: string): boolean;
  /** Wakes all input keys with the usual reads. */
  wakeUsual(): void;
}

/** All reads of one collection by one node in one way. */
export class Edge implements Readers {
  readonly from: Stored<unknown>;
  readonly how: ReadRef["how"];
  version = 0;
  /** Whether an input key has ever read its own key. */
  hasOwn = false;
  /** Input keys of the reading node, by the key that they read, apart from those with the usual reads. */
  private readonly readers = new Map<string, Members>();
  /** The keys that are among the usual reads. */
  private readonly usual = new Set<string>();
  private readonly owner: Reading;

  constructor(from: Stored<unknown>, how: ReadRef["how"], owner: Reading) {
    this.from = from;
    this.how = how;
    this.owner = owner;
    from.edges.push(this);
  }

  add(key: string, inputKey: string): void {
    this.version++;
    addMember(this.readers, key, inputKey);
  }

  remove(key: string, inputKey: string): void {
    this.version++;
    removeMember(this.readers, key, inputKey);
  }

  /** One of the readers of a key that are listed. */
  anyReader(key: string): string | undefined {
    return anyMember(this.readers, key);
  }

  /** Makes a key one of the usual reads, or no longer. */
  setUsual(key: string, isUsual: boolean): void {
    this.version++;
    if (isUsual) this.usual.add(key);
    else this.usual.delete(key);
  }

  keys(): Iterable<string> {
    return [...this.usual, ...this.readers.keys()];
  }

  wake(key: string): void {
    if (this.hasOwn && this.owner.readsOwn(this, key)) this.owner.reader.wake(key);
    if (this.usual.has(key)) this.owner.wakeUsual();
    for (const inputKey of membersOf(this.readers, key)) this.owner.reader.wake(inputKey);
  }
}
