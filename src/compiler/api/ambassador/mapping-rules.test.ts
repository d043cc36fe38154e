/** What admission says about Mappings whose fields have the right types but hold what Envoy would refuse. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { rawResource } from "../../../../test/raw-object.ts";
import { defaultSettings } from "../../settings.ts";
import { admit } from "../admit.ts";

const long = "x".repeat(1025);
const good = { hostname: "a.test", prefix: "/a/", service: "quote" };

function errorsOf(fields: object, version = "v3alpha1"): readonly string[] {
  const { value, diagnostics } = admit(rawResource("Mapping", version, { ...good, ...fields }), defaultSettings);
  const errors = diagnostics.filter((found) => found.severity === "error").map((found) => found.at.path);
  return value === undefined ? errors : ["admitted", ...errors];
}

test("what can be written into a message is admitted", () => {
  const rows: readonly object[] = [
    { headers: { ":method": "GET", "x-a": "" }, regex_headers: { ":path": "/a.*" } },
    { add_request_headers: { "x-a": { value: "%REQ(X-B)% 100%%" }, "X-B": { value: "a\tb ü" } } },
    { remove_request_headers: ["x-a"], remove_response_headers: ["server"] },
    { allow_upgrade: ["websocket", "spdy/3.1", "CONNECT"] },
    { rewrite: "", host_rewrite: "b.test", regex_rewrite: { pattern: "a", substitution: "\\1" } },
    { query_parameters: { "a b": "" } },
    { method: "", method_regex: true },
  ];
  for (const row of rows) deepEqual(errorsOf(row), ["admitted"], JSON.stringify(row));
});

test("what cannot be is refused, at its field", () => {
  const rows: readonly (readonly [object, string])[] = [
    [{ headers: { "": "x" } }, '.spec.headers[""]'],
    [{ headers: { "a b": "x" } }, '.spec.headers["a b"]'],
    [{ regex_headers: { "a\n": "x" } }, '.spec.regex_headers["a\\n"]'],
    [{ query_parameters: { "": "x" } }, '.spec.query_parameters[""]'],
    [{ query_parameters: { [long]: "x" } }, `.spec.query_parameters.${long}`],
    [{ regex_query_parameters: { "": "x" } }, '.spec.regex_query_parameters[""]'],
    [{ add_request_headers: { "": { value: "x" } } }, '.spec.add_request_headers[""]'],
    [{ add_request_headers: { Host: { value: "x" } } }, ".spec.add_request_headers.Host"],
    [{ add_request_headers: { ":path": { value: "x" } } }, '.spec.add_request_headers[":path"]'],
    [{ add_request_headers: { "x-a": { value: "100%" } } }, ".spec.add_request_headers.x-a"],
    [{ add_response_headers: { "x-a": { value: "a\r\nb: c" } } }, ".spec.add_response_headers.x-a"],
    [{ add_response_headers: { "x-a": { value: "%FOO%" } } }, ".spec.add_response_headers.x-a"],
    [{ remove_request_headers: ["ok", "host"] }, ".spec.remove_request_headers[1]"],
    [{ add_response_headers: { "x-a": { value: "x".repeat(16_385) } } }, ".spec.add_response_headers.x-a"],
    [{ headers: { "\ud800": "x" } }, '.spec.headers["\\ud800"]'],
    [{ connect_timeout_ms: 0 }, ".spec.connect_timeout_ms"],
    [{ remove_response_headers: [""] }, ".spec.remove_response_headers[0]"],
    [{ allow_upgrade: ["websocket", "a b"] }, ".spec.allow_upgrade[1]"],
    [{ allow_upgrade: [""] }, ".spec.allow_upgrade[0]"],
    [{ rewrite: "/\n" }, ".spec.rewrite"],
    [{ host_rewrite: "a\r\nb" }, ".spec.host_rewrite"],
    [{ path_redirect: "\0" }, ".spec.path_redirect"],
    [{ prefix_redirect: "\x7f" }, ".spec.prefix_redirect"],
    [{ regex_rewrite: { pattern: "a", substitution: "\n" } }, ".spec.regex_rewrite.substitution"],
    [{ regex_redirect: { pattern: "", substitution: "" } }, ".spec.regex_redirect.pattern"],
    [{ prefix: "", prefix_regex: true }, ".spec.prefix"],
    [{ regex_headers: { "x-a": "" } }, ".spec.regex_headers.x-a"],
    [{ hostname: "ü.test" }, ".spec.hostname"],
    [{ hostname: "a\nb" }, ".spec.hostname"],
    [{ service: "a b" }, ".spec.service"],
    [{ service: "\\" }, ".spec.service"],
    [{ service: "http://ü" }, ".spec.service"],
  ];
  for (const [row, path] of rows) deepEqual(errorsOf(row), [path], JSON.stringify(row));
});

test("a value that may be a credential is not repeated", () => {
  const raw = rawResource("Mapping", "v3alpha1", { ...good, add_request_headers: { a: { value: "Basic c2VjcmV0%" } } });
  const { diagnostics } = admit(raw, defaultSettings);
  deepEqual(
    diagnostics.map((found) => /c2Vj/.test(JSON.stringify(found))),
    [false],
  );
});
