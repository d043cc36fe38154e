/** Which host names a Mapping is for, out of the several fields that can say so. */
import { parseGlob, splitPort } from "#base/hostname.ts";
import { string } from "../schema/index.ts";

/** A Mapping's host names. `selected` ones have no name: only a Host's mappingSelector takes them. */
export type MappingHosts =
  | { readonly kind: "glob"; readonly glob: string }
  | { readonly kind: "regex"; readonly regex: string }
  | { readonly kind: "selected" };

/** A pattern for host names, as a field. */
export const hostPattern = string({
  cel: "self.contains('$') || self.matches(r'^([^*]*|[*][^*]*|[^*]*[*][.]?(:[0-9]+)?)$')",
  message: "a * may only stand at one end, as in `*`, `*.example.com` or `example.*`",
});

/** The fields that decide. */
export interface HostFields {
  readonly hostname?: string;
  readonly host?: string;
  readonly host_regex?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `hostname` before `host` before a header `:authority`; a text says what is wrong. */
export function mappingHosts(spec: HostFields): MappingHosts | string {
  if (spec.hostname !== undefined && spec.hostname !== "") return globOf(spec.hostname);
  const host = spec.host ?? authorityMatch(spec)?.[1];
  if (host === undefined || host === "") return { kind: "selected" };
  if (spec.host_regex) return { kind: "regex", regex: host };
  return spec.host !== undefined && host.includes("*") ? "an exact host cannot hold a *" : globOf(host);
}

/** Requests are matched whatever port they name, so a port in the pattern is left out. */
function globOf(pattern: string): MappingHosts | string {
  const glob = parseGlob(splitPort(pattern).name);
  if (glob) return { kind: "glob", glob: glob.text };
  return pattern.includes("*") ? "a * may only stand at one end" : "no host has such characters";
}

/** The header match on `:authority`, however that is spelled. */
export function authorityMatch({ headers = {} }: HostFields): readonly [name: string, value: string] | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === ":authority");
}
