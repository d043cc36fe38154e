/** LOWER of the Module's `runtime_flags`: every flag that it may set, so that one that is no longer set is taken back. */
import type { ModuleConfig } from "../../api/index.ts";
import type { RuntimeFlags } from "../../ir/runtime-flags.ts";

const flags = [
  "http.max_requests_per_io_cycle",
  "overload.premature_reset_min_stream_lifetime_seconds",
  "overload.premature_reset_total_stream_count",
] as const;

/** The values of all flags. */
export function lowerRuntimeFlags({ runtime_flags: given = {} }: ModuleConfig): RuntimeFlags {
  return Object.fromEntries(flags.map((flag) => [flag, given[flag] ?? null]));
}
