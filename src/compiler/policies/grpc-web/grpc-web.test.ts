import assert from "node:assert/strict";
import { test } from "node:test";
import { grpcWeb } from "./grpc-web.ts";

const at = { ref: { group: "getambassador.io", kind: "Module", namespace: "a", name: "b" }, path: ".spec.config" };

test("true switches it on, false does not and is told, absence says nothing", () => {
  assert.equal(grpcWeb.lower({ enable_grpc_web: true }, at).value, true);
  const off = grpcWeb.lower({ enable_grpc_web: false }, at);
  assert.equal(off.value, undefined);
  assert.deepEqual(
    off.diagnostics.map(({ code, at: { path } }) => [code, path]),
    [["compat/false-is-off", ".spec.config.enable_grpc_web"]],
  );
  assert.deepEqual(grpcWeb.lower({}, at), { diagnostics: [] });
});
