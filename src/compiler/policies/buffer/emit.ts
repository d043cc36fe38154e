/** EMIT of buffer. */
import type { Any } from "@bufbuild/protobuf/wkt";
import { BufferSchema } from "#gen/envoy/extensions/filters/http/buffer/v3/buffer_pb.js";
import { pack } from "../../envoy/bytes.ts";
import type { BufferSettings } from "./lower.ts";

/** Envoy's filter, which answers 413 to what is too large. */
export function emitBuffer({ maxRequestBytes }: BufferSettings): Any {
  return pack(BufferSchema, { maxRequestBytes });
}
