/** What is taken out of the Module's settings, and that nothing else is. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import type { Origin } from "#base/origin.ts";
import type { ModuleConfig } from "./module-config.ts";
import { settleConfig } from "./module-rules.ts";

const at: Origin = {
  ref: { group: "getambassador.io", kind: "Module", namespace: "default", name: "ambassador" },
  path: ".spec.config",
};

function settle(config: ModuleConfig): readonly unknown[] {
  const settled = settleConfig(config, at);
  return [settled.config, ...settled.found.map((found) => found.at.path)];
}

test("good settings are left as they are", () => {
  const config: ModuleConfig = {
    resolver: "endpoint",
    envoy_log_format: "%REQ(:PATH)% 100%%",
    defaults: { stats_name: "x", add_request_headers: { "x-a": { value: "%PROTOCOL%", append: true } } },
  };
  deepEqual(settle(config), [config]);
});

test("a bad header edit costs itself", () => {
  const append = true;
  const config: ModuleConfig = {
    defaults: {
      tls_secret_namespacing: false,
      add_request_headers: { "x-a": { value: "a", append }, host: { value: "b", append } },
      httpmapping: {
        add_response_headers: { "x-a": { value: "%", append } },
        remove_response_headers: ["a b", "server", ":status"],
      },
    },
  };
  deepEqual(settle(config), [
    {
      defaults: {
        tls_secret_namespacing: false,
        add_request_headers: { "x-a": { value: "a", append } },
        httpmapping: { add_response_headers: {}, remove_response_headers: ["server"] },
      },
    },
    ".spec.config.defaults.httpmapping.add_response_headers.x-a",
    ".spec.config.defaults.httpmapping.remove_response_headers[0]",
    ".spec.config.defaults.httpmapping.remove_response_headers[2]",
    ".spec.config.defaults.add_request_headers.host",
  ]);
});

test("a bad log format costs itself, however deep the command stands", () => {
  for (const format of ["%", "%FOO%", { a: "%REQ%" }, { a: { b: ["%X%"] } }]) {
    deepEqual(settle({ server_name: "x", envoy_log_format: format }), [
      { server_name: "x" },
      ".spec.config.envoy_log_format",
    ]);
  }
});
