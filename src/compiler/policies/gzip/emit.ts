/** EMIT of gzip. */
import type { Any } from "@bufbuild/protobuf/wkt";
import { GzipSchema } from "#gen/envoy/extensions/compression/gzip/compressor/v3/gzip_pb.js";
import { CompressorSchema } from "#gen/envoy/extensions/filters/http/compressor/v3/compressor_pb.js";
import { pack } from "../../envoy/bytes.ts";
import type { GzipSettings } from "./lower.ts";

/** Envoy's compressor for answers, with its gzip library. */
export function emitGzip(settings: GzipSettings): Any {
  const { memoryLevel, windowBits, minContentLength } = settings;
  const library = pack(GzipSchema, {
    compressionLevel: settings.level,
    compressionStrategy: settings.strategy,
    ...(memoryLevel === undefined ? {} : { memoryLevel }),
    ...(windowBits === undefined ? {} : { windowBits }),
  });
  return pack(CompressorSchema, {
    compressorLibrary: { name: "envoy.compression.gzip.compressor", typedConfig: library },
    responseDirectionConfig: {
      commonConfig: {
        ...(minContentLength === undefined ? {} : { minContentLength }),
        contentType: [...settings.contentTypes],
      },
      disableOnEtagHeader: settings.leaveEtags,
      removeAcceptEncodingHeader: settings.hideAcceptEncoding,
    },
  });
}
