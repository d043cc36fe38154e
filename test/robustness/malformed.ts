/**
 * Two hundred malformed manifests, one a file, and for each the field that some diagnostic must name.
 * All of them together are written beside a good directory; none may cost anything but itself.
 */
import type { Malformed } from "./malformed-file.ts";
import { texts } from "./malformed-texts.ts";
import { values } from "./malformed-values.ts";

/** All of them, each under a name of its own, always in the same order. */
export function malformed(): readonly Malformed[] {
  const all = [...texts(), ...values()];
  const names = new Set(all.map(({ name }) => name));
  if (names.size !== all.length) throw new Error("two malformed files have the same name");
  return all;
}
