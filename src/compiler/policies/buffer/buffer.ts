/** buffer: a request reaches its service only when all of it has arrived, and not at all when it is too large. */
import { diagnose, fail, ok } from "#base/diagnostic.ts";
import { child } from "#base/origin.ts";
import { BufferSchema } from "#gen/envoy/extensions/filters/http/buffer/v3/buffer_pb.js";
import { pack } from "../../envoy/bytes.ts";
import type { Policy } from "../policy.ts";

/** How large a request may be. */
export interface BufferSettings {
  readonly maxRequestBytes: number;
}

const without = "requests of any size are passed on as they arrive";

/** The policy of the Module's `buffer`. Envoy has no default limit, so there is no buffering without one. */
export const buffer: Policy<BufferSettings> = {
  name: "buffer",
  filter: "envoy.filters.http.buffer",
  type: BufferSchema.typeName,
  keys: ["buffer"],
  without,
  lower({ buffer: given }, at) {
    if (!given) return { diagnostics: [] };
    if (given.max_request_bytes !== undefined) return ok({ maxRequestBytes: given.max_request_bytes });
    const detail = { traffic: without, hint: "set buffer.max_request_bytes" };
    const message = "buffer does not say how large a request may be";
    return fail(diagnose("buffer/no-limit", child(at, "buffer"), message, detail));
  },
  emit: ({ maxRequestBytes }) => pack(BufferSchema, { maxRequestBytes }),
  why: ({ maxRequestBytes }, { method }) =>
    method === "GET" || method === "HEAD" ? undefined : { says: `answers 413 to bodies over ${maxRequestBytes} bytes` },
};
