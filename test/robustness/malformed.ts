/**
 * Two hundred malformed manifests, one a file, and for each the field that some diagnostic must name.
 * All of them together are written beside a good directory; none may cost anything but itself.
 */
import { texts } from "./malformed-texts.ts";
import { values } from "./malformed-values.ts";

/** A file that somebody got wrong. */
export interface Malformed {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** What a diagnostic must name; "" where the document as a whole is wrong. */
  readonly field: string;
}

/** All of them, each under a name of its own, always in the same order. */
export function malformed(): readonly Malformed[] {
  const all = [...texts(), ...values()];
  const names = new Set(all.map(({ name }) => name));
  if (names.size !== all.length) throw new Error("two malformed files have the same name");
  return all;
}
