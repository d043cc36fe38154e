/** Chance that is the same for the same thing: every process draws the same, and different things differ. */
import { createHash } from "node:crypto";

/** A number from 0 to 1. */
export function chanceOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;
}
