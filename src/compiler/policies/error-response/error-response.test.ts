import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { LuaPerRouteSchema } from "#gen/envoy/extensions/filters/http/lua/v3/lua_pb.js";
import type { MappingSpec } from "../../api/index.ts";
import { luaProblem } from "../lua/syntax.ts";
import { errorResponse, errorResponseValues } from "./error-response.ts";
import { script } from "./script.ts";
import { jsonParts, operatorsOf, textParts } from "./template.ts";

const at = { ref: { group: "getambassador.io", kind: "Mapping", namespace: "a", name: "b" }, path: "" };
const plain: MappingSpec = { prefix: "/", service: "a" };
const sorry = [{ on_status_code: 404, body: { text_format: "sorry" } }];

function ofRoute(spec: Partial<MappingSpec>): unknown {
  const { route } = errorResponse;
  const { value } = route?.lower({ ...plain, ...spec }, at, {}) ?? {};
  const emitted = value && route?.emit(value);
  return emitted && fromBinary(LuaPerRouteSchema, emitted.value).filterContext;
}

test("a route says nothing, its own overrides, or that there are none", () => {
  assert.equal(ofRoute({}), undefined);
  assert.deepEqual(ofRoute({ error_response_overrides: sorry }), {
    rules: [{ status: 404, type: "text/plain", body: ["sorry"] }],
  });
  for (const error_response_overrides of [undefined, sorry]) {
    assert.deepEqual(ofRoute({ bypass_error_response_overrides: true, error_response_overrides }), { rules: [] });
  }
});

test("values are written wherever there are overrides, because the script asks for the method", () => {
  const needed = (spec: Partial<MappingSpec>) => errorResponseValues.route?.lower({ ...plain, ...spec }, at, {}).value;
  assert.deepEqual(needed({ error_response_overrides: sorry }), []);
  assert.equal(needed({ bypass_error_response_overrides: true }), undefined);
  assert.equal(needed({}), undefined);
  const shown = [{ on_status_code: 404, body: { json_format: { a: "%REQ(B)%", b: "x%REQ(A)%y%REQ(B)%" } } }];
  assert.deepEqual(needed({ error_response_overrides: shown }), ["%REQ(A)%", "%REQ(B)%"]);
});

test("the Module's overrides are one rule after the other, and none of them is nothing", () => {
  const { value, diagnostics } = errorResponse.lower({ error_response_overrides: [...sorry, 5, ...sorry] }, at);
  assert.equal(value?.length, 2);
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ["object/invalid-field", "error-response/second-rule", "compat/error-responses"],
  );
  assert.equal(errorResponse.lower({ error_response_overrides: [5] }, at).value, undefined);
  assert.deepEqual(errorResponse.lower({}, at), { diagnostics: [] });
});

test("an operator that no header can hold costs its rule", () => {
  const rule = { on_status_code: 404, body: { text_format: "%DYNAMIC_METADATA(a\nb)%" } };
  const { value, diagnostics } = errorResponse.lower({ error_response_overrides: [rule] }, at);
  assert.equal(value, undefined);
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ["error-response/invalid-format"],
  );
});

test("a text is taken apart", () => {
  assert.deepEqual(textParts("100%% of %PROTOCOL%%%"), ["100% of ", { operator: "%PROTOCOL%", as: "text" }, "%"]);
  assert.deepEqual(textParts("%LOCAL_REPLY_BODY%"), []);
});

test("JSON is taken apart in the order of its keys, numbers are told from texts", () => {
  const fields = { b: "%DURATION%", c: 'a "%PROTOCOL%"', a: "%PROTOCOL%", d: 1 };
  assert.deepEqual(jsonParts(fields), [
    '{"a":',
    { operator: "%PROTOCOL%", as: "value" },
    ',"b":',
    { operator: "%DURATION%", as: "number" },
    ',"c":"a \\"',
    { operator: "%PROTOCOL%", as: "string" },
    '\\"","d":"1"}',
  ]);
  assert.deepEqual(operatorsOf([jsonParts(fields)]), ["%DURATION%", "%PROTOCOL%"]);
  assert.deepEqual(jsonParts({}), ["{}"]);
});

test("what Envoy knows as numbers", () => {
  const as = (command: string) =>
    jsonParts({ a: command }).flatMap((part) => (typeof part === "string" ? [] : part.as));
  const numbers = [
    "RESPONSE_CODE",
    "BYTES_SENT",
    "UPSTREAM_REMOTE_PORT",
    "REQUEST_HEADERS_BYTES",
    "GRPC_STATUS(NUMBER)",
  ];
  for (const name of numbers) assert.deepEqual(as(`%${name}%`), ["number"], name);
  for (const name of [
    "RESPONSE_CODE_DETAILS",
    "UPSTREAM_REMOTE_ADDRESS",
    "REQ(X-PORT)",
    "GRPC_STATUS",
    "START_TIME(%s)",
  ]) {
    assert.deepEqual(as(`%${name}%`), ["value"], name);
  }
});

test("the script is Lua whatever texts it holds", () => {
  const odd = ['"', "\\", "\\n", "\n", "\r", "\0", "]]", "ä", "\u2028", "--"];
  const body = odd.map((text) => `${text}${text}1`);
  assert.equal(luaProblem(script([{ status: 404, contentType: 'a"b', body }])), undefined);
});
