/** buffer: a request reaches its service only when all of it has arrived, and not at all when it is too large. */
import { BufferSchema } from "#gen/envoy/extensions/filters/http/buffer/v3/buffer_pb.js";
import type { Policy } from "../policy.ts";
import { emitBuffer } from "./emit.ts";
import { type BufferSettings, lowerBuffer } from "./lower.ts";

/** The policy of the Module's `buffer`. */
export const buffer: Policy<BufferSettings> = {
  name: "buffer",
  filter: "envoy.filters.http.buffer",
  type: BufferSchema.typeName,
  keys: ["buffer"],
  without: "requests of any size are passed on as they arrive",
  lower: lowerBuffer,
  emit: emitBuffer,
};
