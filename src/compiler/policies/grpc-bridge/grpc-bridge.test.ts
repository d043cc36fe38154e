import assert from "node:assert/strict";
import { test } from "node:test";
import { grpcBridge } from "./grpc-bridge.ts";

const at = { ref: { group: "getambassador.io", kind: "Module", namespace: "a", name: "b" }, path: ".spec.config" };

test("true switches it on, false does not and is told, absence says nothing", () => {
  assert.equal(grpcBridge.lower({ enable_grpc_http11_bridge: true }, at).value, true);
  const off = grpcBridge.lower({ enable_grpc_http11_bridge: false }, at);
  assert.equal(off.value, undefined);
  assert.deepEqual(
    off.diagnostics.map(({ code, at: { path } }) => [code, path]),
    [["compat/false-is-off", ".spec.config.enable_grpc_http11_bridge"]],
  );
  assert.deepEqual(grpcBridge.lower({}, at), { diagnostics: [] });
});
