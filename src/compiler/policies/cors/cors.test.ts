import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary, toJson } from "@bufbuild/protobuf";
import { CorsPolicySchema } from "#gen/envoy/extensions/filters/http/cors/v3/cors_pb.js";
import type { ModuleConfig } from "../../api/index.ts";
import { emitCors } from "./emit.ts";
import { lowerCorsDefault } from "./lower.ts";

const at = { ref: { group: "getambassador.io", kind: "Module", namespace: "a", name: "b" }, path: ".spec.config" };

function compile(cors: ModuleConfig["cors"]): unknown {
  const { value, diagnostics } = lowerCorsDefault(cors ? { cors } : {}, at);
  const policy = value && fromBinary(CorsPolicySchema, emitCors(value).value);
  return { policy: policy && toJson(CorsPolicySchema, policy), codes: diagnostics.map(({ code }) => code) };
}

test("no cors is nothing, an empty one allows nobody", () => {
  assert.deepEqual(compile(undefined), { policy: undefined, codes: [] });
  for (const cors of [{}, { origins: [] }]) {
    assert.deepEqual(compile(cors), { policy: {}, codes: ["cors/no-origins"] });
  }
});

test("names in one text are taken apart, and what no header may hold is left out", () => {
  const origins = ["*"];
  assert.deepEqual(compile({ origins, methods: ["GET,POST", " PUT "], headers: ["*"] }), {
    policy: { allowOriginStringMatch: [{ exact: "*" }], allowMethods: "GET, POST, PUT", allowHeaders: "*" },
    codes: [],
  });
  assert.deepEqual(compile({ origins, exposed_headers: ["x-a\r\nset-cookie: b", ",", "é"], max_age: "-1" }), {
    policy: { allowOriginStringMatch: [{ exact: "*" }] },
    codes: ["cors/invalid-name", "cors/invalid-name", "cors/invalid-max-age"],
  });
});

test("origins are as browsers send them", () => {
  const good = ["*", "null", "https://a.example", "http://127.0.0.1:8080", "http://[::1]:80", "app+x://a"];
  assert.deepEqual((compile({ origins: good }) as { codes: unknown }).codes, []);
  for (const odd of ["", "a.example", "https://a.example/", "https://A.example", "https://*.example", "https://a b"]) {
    assert.deepEqual((compile({ origins: [odd] }) as { codes: unknown }).codes, ["cors/unusual-origin"], odd);
  }
});
