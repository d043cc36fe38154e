/** Gate A: whatever of this happens, no answer is wrong, no stream breaks, no connection ends. */
import { harmlessToHosts } from "./harmless-hosts.ts";
import { harmlessToObjects } from "./harmless-objects.ts";
import { harmlessToRoutes } from "./harmless-routes.ts";
import { harmlessToServices } from "./harmless-services.ts";
import type { Scenario } from "./scenario.ts";
import type { Backends } from "./scene.ts";

/** What their questions are answered before the first of them. */
export const atFirst: Readonly<Record<string, readonly string[]>> = {
  edited: ["200 one edition 1"],
  shop: ["200 blue"],
  "certificate of a.test": ["certificate first"],
  "certificate of late.test": ["failed: ECONNRESET"],
  order: ["404"],
  canary: ["404"],
  plain: ["404"],
  below: ["404"],
  judged: ["404"],
  new: ["404"],
  named: ["404"],
  checked: ["404"],
  renamed: ["200 one"],
  bad: ["404"],
};

/** All of them, in the order in which they are played. What a later round needs is as it was after each. */
export function harmless(backends: Backends): readonly Scenario[] {
  return [harmlessToServices, harmlessToRoutes, harmlessToHosts, harmlessToObjects].flatMap((some) => some(backends));
}
