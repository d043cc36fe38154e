import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { BufferSchema } from "#gen/envoy/extensions/filters/http/buffer/v3/buffer_pb.js";
import { buffer } from "./buffer.ts";

const at = { ref: { group: "getambassador.io", kind: "Module", namespace: "a", name: "b" }, path: ".spec.config" };

test("the limit is the filter's, up to the largest that Envoy can count", () => {
  for (const max_request_bytes of [1, 4294967295]) {
    const { value } = buffer.lower({ buffer: { max_request_bytes } }, at);
    assert.ok(value);
    assert.equal(fromBinary(BufferSchema, buffer.emit(value).value).maxRequestBytes, max_request_bytes);
  }
});

test("no limit, no buffering", () => {
  const { value, diagnostics } = buffer.lower({ buffer: {} }, at);
  assert.equal(value, undefined);
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ["buffer/no-limit"],
  );
  assert.deepEqual(buffer.lower({}, at), { diagnostics: [] });
});
