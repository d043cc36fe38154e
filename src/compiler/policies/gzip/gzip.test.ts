import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { GzipSchema } from "#gen/envoy/extensions/compression/gzip/compressor/v3/gzip_pb.js";
import { CompressorSchema } from "#gen/envoy/extensions/filters/http/compressor/v3/compressor_pb.js";
import type { ModuleConfig } from "../../api/index.ts";
import { gzip } from "./gzip.ts";

const at = { ref: { group: "getambassador.io", kind: "Module", namespace: "a", name: "b" }, path: ".spec.config" };

function lower(given: ModuleConfig["gzip"]) {
  return gzip.lower(given === undefined ? {} : { gzip: given }, at);
}

function emit(given: ModuleConfig["gzip"]) {
  const { value } = lower(given);
  assert.ok(value);
  const compressor = fromBinary(CompressorSchema, gzip.emit(value).value);
  const library = fromBinary(GzipSchema, compressor.compressorLibrary?.typedConfig?.value ?? new Uint8Array());
  return { answers: compressor.responseDirectionConfig, library };
}

test("without gzip nothing is asked for", () => {
  assert.deepEqual(lower(undefined), { diagnostics: [] });
});

test("levels and strategies by the names of every generation, and by number", () => {
  const levels = ["DEFAULT", "SPEED", "BEST", "BEST_COMPRESSION", "COMPRESSION_LEVEL_7", 7] as const;
  const strategies = ["DEFAULT", "DEFAULT_STRATEGY", "HUFFMAN", "HUFFMAN_ONLY", "RLE", 4] as const;
  assert.deepEqual(
    levels.map((compression_level) => emit({ compression_level }).library.compressionLevel),
    [0, 1, 9, 9, 7, 7],
  );
  assert.deepEqual(
    strategies.map((compression_strategy) => emit({ compression_strategy }).library.compressionStrategy),
    [0, 0, 2, 2, 3, 4],
  );
});

test("what does not exist is named, and there is no gzip", () => {
  for (const compression_level of ["best", "toString", 10, -1]) {
    const { value, diagnostics } = lower({ compression_level });
    assert.equal(value, undefined);
    assert.deepEqual(
      diagnostics.map(({ code, at: { path } }) => [code, path]),
      [["gzip/unknown-value", ".spec.config.gzip.compression_level"]],
    );
  }
});

test("what is not given is left to Envoy", () => {
  const { answers, library } = emit({});
  assert.deepEqual([library.memoryLevel, library.windowBits], [undefined, undefined]);
  assert.deepEqual([answers?.commonConfig?.minContentLength, answers?.commonConfig?.contentType], [undefined, []]);
  assert.equal(emit({ min_content_length: 0 }).answers?.commonConfig?.minContentLength, 0);
});
