/**
 * A header match on `:authority`: another spelling of a Mapping's host name, which gives way to `hostname` and `host`.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { ApiVersion } from "../schema/index.ts";
import type { MappingSpec } from "./mapping.ts";

/** Says when the header match gives way to a host name. */
export function verifyAuthority(spec: MappingSpec, at: Origin, version: ApiVersion): readonly Diagnostic[] {
  const name = authorityOf(spec);
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
export function settleAuthority(spec: MappingSpec, version: ApiVersion): MappingSpec {
  const name = authorityOf(spec);
  if (name === undefined) return spec;
  const { headers = {}, ...rest } = spec;
  const { [name]: hostname = "", ...others } = headers;
  return { ...rest, ...(hasOwnHost(spec, version) ? {} : { hostname }), headers: others };
}

function authorityOf(spec: MappingSpec): string | undefined {
  return spec.headers && Object.keys(spec.headers).find((name) => name.toLowerCase() === ":authority");
}

/** In old versions, `*` is what no host at all converts to. */
function hasOwnHost(spec: MappingSpec, version: ApiVersion): boolean {
  const { hostname = "", host = "" } = spec;
  return host !== "" || (hostname !== "" && (version === "v3alpha1" || hostname !== "*"));
}
