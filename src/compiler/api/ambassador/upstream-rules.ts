/** Rules for the settings of upstreams that no field's schema can tell; Mappings, TCPMappings and the Module share them. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";

/** Limits that are given twice: Envoy takes the first of one priority. `at` is what holds `circuit_breakers`. */
export function sharedPriorities(
  { circuit_breakers: limits = [] }: { readonly circuit_breakers?: readonly { readonly priority: string }[] },
  at: Origin,
): readonly Diagnostic[] {
  if (limits.length < 2) return [];
  const first = (priority: string): number => limits.findIndex((limit) => limit.priority === priority);
  return limits.flatMap(({ priority }, index) => {
    if (first(priority) === index) return [];
    const message = `there are limits for requests of priority ${priority} already`;
    const traffic = "the first ones count, and these have no effect";
    const where = child(at, "circuit_breakers", index);
    return [
      diagnose("service/limits-twice", where, message, { traffic, hint: "put all limits of a priority together" }),
    ];
  });
}
