/**
 * The Module: each setting is judged alone, and plain meanings are understood.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { rawResource } from "../../../../test/raw-object.ts";
import { defaultSettings } from "../../settings.ts";
import { admitModule } from "./module.ts";

function admitted(config: unknown, name = "ambassador", version = "v2") {
  const { value, diagnostics } = admitModule(rawResource("Module", version, { config }, { name }), defaultSettings);
  return { config: value?.spec.config, found: diagnostics.map((d) => `${d.severity}[${d.code}] ${d.at.path}`) };
}

test("a bad setting is lost, the others stay", () => {
  const { config, found } = admitted({ server_name: 4, xff_num_trusted_hops: 2, defaults: 3, merge_slashes: true });
  assert.deepEqual(config, { xff_num_trusted_hops: 2, merge_slashes: true });
  assert.deepEqual(found, [
    "error[object/invalid-field] .spec.config.server_name",
    "error[object/invalid-field] .spec.config.defaults",
  ]);
});

const meant: readonly [given: object, config: object][] = [
  [{ merge_slashes: "yes" }, { merge_slashes: true }],
  [{ merge_slashes: "False" }, { merge_slashes: false }],
  [{ use_remote_address: 1 }, { use_remote_address: true }],
  [{ xff_num_trusted_hops: "1" }, { xff_num_trusted_hops: 1 }],
  [
    { defaults: { add_request_headers: { a: "b" } } },
    { defaults: { add_request_headers: { a: { value: "b", v2Representation: "string", append: true } } } },
  ],
  [
    { defaults: { httpmapping: { remove_request_headers: "a" } } },
    { defaults: { httpmapping: { remove_request_headers: ["a"] } } },
  ],
  [{ cors: { origins: "a, b" } }, { cors: { origins: ["a", "b"], v2CommaSeparatedOrigins: true } }],
  [{ keepalive: { time: 3 } }, { keepalive: { time: 3 } }],
  [{ circuit_breakers: [{ max_requests: 3 }] }, { circuit_breakers: [{ max_requests: 3, priority: "default" }] }],
];

for (const [given, config] of meant) {
  test(`${JSON.stringify(given)} is understood`, () => assert.deepEqual(admitted(given).config, config));
}

const notMeant: readonly [key: string, given: unknown][] = [
  ["merge_slashes", "perhaps"],
  ["merge_slashes", "constructor"],
  ["merge_slashes", {}],
  ["xff_num_trusted_hops", "one"],
  ["xff_num_trusted_hops", -1],
  ["service_port", 70000],
  ["envoy_log_type", "xml"],
  ["forward_client_cert_details", "sanitize"],
];

for (const [key, given] of notMeant) {
  test(`${key}: ${JSON.stringify(given)} is refused`, () => {
    assert.deepEqual(admitted({ [key]: given }), {
      config: {},
      found: [`error[object/invalid-field] .spec.config.${key}`],
    });
  });
}

test("settings that have no effect are named", () => {
  assert.deepEqual(admitted({ error_response_overridez: [], debug_mode: true, tiemout: 1, admin_port: 8001 }).found, [
    "warning[object/unknown-field] .spec.config.error_response_overridez",
    "notice[object/ignored-field] .spec.config.debug_mode",
    "warning[object/unknown-field] .spec.config.tiemout",
  ]);
});

test("keys that JavaScript has a meaning for", () => {
  const config: unknown = JSON.parse('{"__proto__": {"a": 1}, "constructor": 1}');
  assert.deepEqual(admitted(config).found, [
    "warning[object/unknown-field] .spec.config.__proto__",
    "warning[object/unknown-field] .spec.config.constructor",
  ]);
});

const others: readonly [name: string, found: string][] = [
  ["ambasador", "warning[module/unknown-module] .metadata.name"],
  ["constructor", "warning[module/unknown-module] .metadata.name"],
];

for (const [name, found] of others) {
  test(`a Module named ${name} says that it has no effect`, () => {
    assert.deepEqual(admitted({ server: {} }, name), { config: {}, found: [found] });
  });
}

test("Modules of v0 describe services in the words of these", () => {
  const of = (name: string, config: object, version = "v0") =>
    admitModule(rawResource("Module", version, { config }, { name }), defaultSettings);
  const spec = of("authentication", { auth_service: "a:3000", allowed_headers: ["x-user"] }).value?.spec;
  assert.deepEqual([spec?.config, spec?.authService?.auth_service], [{}, "a:3000"]);
  assert.deepEqual(spec?.authService?.allowed_authorization_headers, ["x-user"]);
  assert.equal(of("ratelimit", { service: "limit" }, "v2").value?.spec.rateLimitService?.service, "limit");
  const bad = of("authentication", { timeout_ms: "soon" });
  assert.equal(bad.value, undefined);
  assert.deepEqual(
    bad.diagnostics.map(({ at }) => at.path),
    [".spec.config.timeout_ms", ".spec.config.auth_service"],
  );
});

test("a Module without config is bad as a whole", () => {
  const { value, diagnostics } = admitModule(
    rawResource("Module", "v3alpha1", {}, { name: "ambassador" }),
    defaultSettings,
  );
  assert.equal(value, undefined);
  assert.deepEqual(
    diagnostics.map((d) => d.message),
    [".spec.config: is required"],
  );
});
