/**
 * A header match on `:authority`: another spelling of a Mapping's host name, which gives way to `hostname` and `host`.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { ApiVersion } from "../schema/index.ts";
import { authorityMatch, type HostFields } from "./mapping-hosts.ts";

/** Says when the header match gives way to a host name. */
export function verifyAuthority(spec: HostFields, at: Origin, version: ApiVersion): readonly Diagnostic[] {
  const [name] = authorityMatch(spec) ?? [];
  if (name === undefined || !hasOwnHost(spec, version)) return [];
  const where = child(at, "headers", name);
  return [
    diagnose("mapping/authority-header", where, `the header match on ${name} has no effect beside the host name`, {
      traffic: "requests are matched by the host name alone",
      hint: "remove one of them",
    }),
  ];
}

/** The header match becomes the host name, or goes away. */
export function settleAuthority<Spec extends HostFields>(spec: Spec, version: ApiVersion): Spec {
  const match = authorityMatch(spec);
  if (!match) return spec;
  const [name, hostname] = match;
  const { [name]: _, ...headers } = spec.headers ?? {};
  return { ...spec, ...(hasOwnHost(spec, version) ? {} : { hostname }), headers };
}

/** In old versions, `*` is what no host at all converts to. */
function hasOwnHost(spec: HostFields, version: ApiVersion): boolean {
  const { hostname = "", host = "" } = spec;
  return host !== "" || (hostname !== "" && (version === "v3alpha1" || hostname !== "*"));
}
