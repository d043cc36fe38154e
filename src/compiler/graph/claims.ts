/**
 * Which input key owns which output keys of a map. An output key has one owner; when several inputs claim it, the
 * smallest input key wins, whatever came first, and takes its place the next one when it goes.
 */
import type { Stored } from "./stored.ts";

/** The outcome for an output key that more than one input claimed. */
export interface Verdict {
  readonly output: string;
  /** Undefined when nobody claims it any more. */
  readonly winner: string | undefined;
  readonly losers: readonly string[];
  /** Inputs that have given the key up. */
  readonly gone: Iterable<string>;
}

const none: readonly string[] = [];

/** The outputs of one map, by input. */
export class Claims<O> {
  private readonly out: Stored<O>;
  /** Owners that differ from the output key itself. */
  private readonly owners = new Map<string, string>();
  /** Outputs by input, other than none and only the input's own key; a single one as itself. */
  private readonly outputs = new Map<string, string | readonly string[]>();
  /** All claims to the output keys that have more than one. */
  private readonly contested = new Map<string, Map<string, O>>();
  /** Contested keys to decide again, with the inputs that have given them up. */
  private readonly unsettled = new Map<string, Set<string>>();

  constructor(out: Stored<O>) {
    this.out = out;
  }

  /** Makes these the outputs of an input; returns a key that is twice among them, where the first value counts. */
  replace(input: string, pairs: readonly (readonly [string, O])[]): string | undefined {
    // By far the most frequent: an input gives its own key or none, as it always did, and nobody else gives that.
    const isPlain = !this.outputs.has(input) && !this.owners.has(input) && !this.contested.has(input);
    const only = pairs[0];
    if (isPlain && only === undefined) this.out.remove(input);
    else if (isPlain && pairs.length === 1 && only?.[0] === input && only[1] !== undefined)
      this.out.put(input, only[1]);
    else if (only !== undefined && pairs.length === 1 && only[1] !== undefined)
      this.replaceOne(input, only[0], only[1]);
    else return this.replaceAny(input, pairs);
    return undefined;
  }

  /** Decides the contested keys that have changed. */
  settle(): readonly Verdict[] {
    if (this.unsettled.size === 0) return [];
    const verdicts = [...this.unsettled].map(([output, gone]) => this.decide(output, gone));
    this.unsettled.clear();
    return verdicts;
  }

  outputsOf(input: string): readonly string[] {
    const outputs = this.outputs.get(input);
    if (outputs !== undefined) return typeof outputs === "string" ? [outputs] : outputs;
    return this.contested.get(input)?.has(input) || this.ownerOf(input) === input ? [input] : none;
  }

  ownerOf(output: string): string | undefined {
    return this.owners.get(output) ?? (this.out.get(output) === undefined ? undefined : output);
  }

  private replaceOne(input: string, output: string, value: O): void {
    const before = this.outputsOf(input);
    this.claim(output, input, value);
    for (const other of before) if (other !== output) this.release(other, input);
    if (output === input) this.outputs.delete(input);
    else this.outputs.set(input, output);
  }

  private replaceAny(input: string, pairs: readonly (readonly [string, O])[]): string | undefined {
    const before = this.outputsOf(input);
    const keys = new Set<string>();
    let repeated: string | undefined;
    for (const [output, value] of pairs) {
      if (value === undefined) continue;
      if (keys.has(output)) repeated ??= output;
      else this.claim(output, input, value);
      keys.add(output);
    }
    for (const output of before) if (!keys.has(output)) this.release(output, input);
    if (keys.size === 0 || (keys.size === 1 && keys.has(input))) this.outputs.delete(input);
    else this.outputs.set(input, [...keys]);
    return repeated;
  }

  private claim(output: string, input: string, value: O): void {
    const owner = this.ownerOf(output);
    const rivals = this.contested.get(output);
    if (rivals !== undefined) {
      rivals.set(input, value);
      this.unsettle(output);
    } else if (owner === undefined || owner === input) {
      this.give(output, input, value);
    } else {
      const claims = new Map([[input, value]]);
      const held = this.out.get(output);
      if (held !== undefined) claims.set(owner, held);
      this.contested.set(output, claims);
      this.unsettle(output);
    }
  }

  private release(output: string, input: string): void {
    const rivals = this.contested.get(output);
    if (rivals === undefined) {
      this.give(output, undefined, undefined);
    } else {
      rivals.delete(input);
      this.unsettle(output).add(input);
    }
  }

  private unsettle(output: string): Set<string> {
    const gone = this.unsettled.get(output) ?? new Set<string>();
    this.unsettled.set(output, gone);
    return gone;
  }

  private decide(output: string, gone: Iterable<string>): Verdict {
    const rivals = this.contested.get(output) ?? new Map<string, O>();
    const [winner, ...losers] = [...rivals.keys()].sort();
    this.give(output, winner, winner === undefined ? undefined : rivals.get(winner));
    if (losers.length === 0) this.contested.delete(output);
    return { output, winner, losers, gone };
  }

  private give(output: string, owner: string | undefined, value: O | undefined): void {
    this.out.put(output, value);
    if (owner === undefined || owner === output) this.owners.delete(output);
    else this.owners.set(output, owner);
  }
}
