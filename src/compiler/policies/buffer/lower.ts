/** LOWER of the Module's `buffer`. */
import { type Checked, diagnose, fail, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { ModuleConfig } from "../../api/index.ts";

/** How large a request may be. */
export interface BufferSettings {
  readonly maxRequestBytes: number;
}

/** What is asked for. Envoy has no default limit, so there is no buffering without one. */
export function lowerBuffer({ buffer: given }: ModuleConfig, at: Origin): Checked<BufferSettings> {
  if (!given) return { diagnostics: [] };
  if (given.max_request_bytes !== undefined) return ok({ maxRequestBytes: given.max_request_bytes });
  return fail(
    diagnose("buffer/no-limit", child(at, "buffer"), "buffer does not say how large a request may be", {
      traffic: "requests of any size are passed on as they arrive",
      hint: "set buffer.max_request_bytes",
    }),
  );
}
