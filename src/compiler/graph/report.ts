/**
 * The diagnostics of all nodes, as one collection, and the failures behind those that report a bug.
 * What a bug's exception says is not repeated, because it may quote a secret; strict graphs throw the exception itself.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { Origin } from "#base/origin.ts";
import type { GraphOptions } from "./graph.ts";
import type { Stored } from "./stored.ts";

/** One of the things that a node was given or has made, for telling people about it. */
export interface Culprit {
  readonly key: string;
  readonly item: unknown;
}

/** Where all nodes report to. `at` is the node's name and an input key, joined by `reportKey`. */
export class Report {
  readonly lists: Stored<readonly Diagnostic[]>;
  private readonly originOf: GraphOptions["originOf"];
  private readonly failures = new Map<string, Error>();

  constructor(lists: Stored<readonly Diagnostic[]>, originOf: GraphOptions["originOf"]) {
    this.lists = lists;
    this.originOf = originOf;
  }

  /** Replaces what is reported at a place. */
  set(at: string, diagnostics: readonly Diagnostic[]): void {
    this.failures.delete(at);
    if (diagnostics.length > 0) this.lists.put(at, diagnostics);
    else this.lists.remove(at);
  }

  /** Replaces what is reported at a place by a failure of a transformation. */
  bug(at: string, node: string, culprit: Culprit, cause: unknown): void {
    const message = `The compiler's step ${JSON.stringify(node)} failed on this object (${nameOf(cause)}).`;
    const hint = "This is a bug of the compiler: please report it together with the object.";
    const traffic = "what was made of this object before, if anything, is still served";
    this.set(at, [diagnose("internal/bug", this.origin(node, culprit.item), message, { traffic, hint })]);
    this.failures.set(at, new Error(`${node} failed on ${JSON.stringify(culprit.key)}`, { cause }));
  }

  /** Replaces what is reported at a place by the loss of an output key to another producer. */
  duplicate(at: string, node: string, output: string, loser: Culprit, winner: Culprit): void {
    this.set(at, [this.duplicateDiagnostic(node, output, loser, winner)]);
    const parties = `${JSON.stringify(winner.key)} and ${JSON.stringify(loser.key)}`;
    this.failures.set(at, new Error(`${node} has two producers of ${JSON.stringify(output)}: ${parties}`));
  }

  /** All failures since the last call. */
  takeFailures(): readonly Error[] {
    const failures = [...this.failures.values()];
    this.failures.clear();
    return failures;
  }

  private duplicateDiagnostic(node: string, output: string, loser: Culprit, winner: Culprit): Diagnostic {
    const message = `The compiler's step ${JSON.stringify(node)} gave the key ${JSON.stringify(output)} a second time.`;
    return diagnose("internal/duplicate-key", this.origin(node, loser.item), message, {
      traffic: "only what the first one asked for is served",
      hint: "This is a bug of the compiler: please report it together with both objects.",
      related: [{ at: this.origin(node, winner.item), message: "the first one came from here" }],
    });
  }

  private origin(node: string, item: unknown): Origin {
    const fallback: Origin = { ref: { group: "", kind: "Internal", namespace: "", name: node }, path: "" };
    try {
      return this.originOf?.(item) ?? fallback;
    } catch (error) {
      this.failures.set(
        reportKey("originOf", node),
        new Error(`originOf failed on an input of ${node}`, { cause: error }),
      );
      return fallback;
    }
  }
}

/** The key of the diagnostics that a node has about one of its inputs (and, where two fight for it, one output). */
export function reportKey(node: string, ...keys: readonly string[]): string {
  return [node, ...keys].join("\u0000");
}

function nameOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : typeof cause;
}
