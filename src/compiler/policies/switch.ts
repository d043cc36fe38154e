/** LOWER of Module settings that only switch a policy on. */
import { type Checked, diagnose, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";

/** On for `true`. The old system looked at presence alone, so whoever wrote `false` is told of the difference. */
export function lowerSwitch(key: string, on: boolean | undefined, at: Origin): Checked<true> {
  if (on === undefined) return { diagnostics: [] };
  if (on) return ok(true);
  const message = `${key}: false switches it off; the old system switched it on`;
  return { diagnostics: [diagnose("compat/false-is-off", child(at, key), message)] };
}
