/** gzip: answers are compressed for clients that accept it. */
import { CompressorSchema } from "#gen/envoy/extensions/filters/http/compressor/v3/compressor_pb.js";
import type { Policy } from "../policy.ts";
import { emitGzip } from "./emit.ts";
import { type GzipSettings, lowerGzip } from "./lower.ts";

/** The policy of the Module's `gzip`. The filter has the name that it always had, although it is the compressor now. */
export const gzip: Policy<GzipSettings> = {
  name: "gzip",
  filter: "envoy.filters.http.gzip",
  type: CompressorSchema.typeName,
  keys: ["gzip"],
  without: "answers are not compressed",
  lower: lowerGzip,
  emit: emitGzip,
};
