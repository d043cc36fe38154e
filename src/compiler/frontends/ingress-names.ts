/** LOWER of the host names that Ingresses of every dialect can have. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { type HostGlob, parseGlob } from "#base/hostname.ts";
import type { Origin } from "#base/origin.ts";
import type { NamedMatch } from "../ir/match.ts";

/** The names of a host: one, all below a domain, or all. Undefined: an Ingress cannot have it. */
export function lowerHostName(host: string): HostGlob | undefined {
  const glob = parseGlob(host === "" ? "*" : host);
  if (!glob || glob.kind === "prefix" || /[:[]/.test(glob.text)) return undefined;
  return glob.kind === "suffix" && !/^\.[^.]/.test(glob.literal) ? undefined : glob;
}

/** Says that a host is none. */
export function invalidHost(at: Origin, host: string, traffic: string): Diagnostic {
  return diagnose("ingress/invalid-host", at, `"${host}" is not a host of an Ingress`, {
    traffic,
    hint: "write a name, or `*.` and a name",
  });
}

/** Whether requests can have a path. */
export function isPath(path: string): boolean {
  return /^\/[\x21-\x7e]*$/.test(path) && !/[?#]/.test(path);
}

/** A wildcard stands for one label of the name, where Envoy's takes any number. */
export function oneLabel({ kind, literal }: HostGlob): readonly NamedMatch[] {
  if (kind !== "suffix") return [];
  const regex = `(?i)[^.]+${literal.replaceAll(".", "\\.")}(:\\d+)?`;
  return [{ name: ":authority", match: { kind: "regex", regex } }];
}
