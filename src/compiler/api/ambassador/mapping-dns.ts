/**
 * How a Mapping's service is looked up in DNS: an unknown way is told, and not taken.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { typeName } from "../schema/problem.ts";

/** Says when `dns_type` is no known way. */
export function verifyDnsType(spec: { readonly dns_type?: string }, at: Origin): readonly Diagnostic[] {
  const { dns_type: type } = spec;
  if (type === undefined || type === "" || /^(?:strict|logical)_dns$/i.test(type)) return [];
  return [
    diagnose("mapping/invalid-dns-type", child(at, "dns_type"), `dns_type is ${typeName(type)}, which is not known`, {
      traffic: "names are looked up as with strict_dns",
      hint: "use strict_dns or logical_dns",
    }),
  ];
}
