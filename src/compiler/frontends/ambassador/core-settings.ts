/** LOWER of core settings: the fields on which Mappings for the same requests must agree, besides their match. */
import type { MappingSpec } from "../../api/index.ts";

const coreFields = [
  "bypass_auth",
  "circuit_breakers",
  "connect_timeout_ms",
  "cluster_idle_timeout_ms",
  "cluster_max_connection_lifetime_ms",
  "keepalive",
  "labels",
  "load_balancer",
] as const;

/** What a Mapping says of them itself, by field; absent if nothing. */
export function coreSettings(spec: MappingSpec): Readonly<Record<string, unknown>> | undefined {
  let core: Record<string, unknown> | undefined;
  for (const field of coreFields) {
    const value = spec[field];
    if (value === undefined) continue;
    core ??= {};
    core[field] = value;
  }
  return core;
}
