import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary, toJson } from "@bufbuild/protobuf";
import { ExtensionWithMatcherSchema } from "#gen/envoy/extensions/common/matching/v3/extension_matcher_pb.js";
import {
  ExtAuthzPerRouteSchema,
  ExtAuthzSchema,
} from "#gen/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js";
import type { AuthServiceSpec, MappingSpec } from "../../api/index.ts";
import type { ClusterDecl, ClusterName } from "../../ir/cluster.ts";
import type { NamedAuthService } from "../policy.ts";
import { emitAuth, emitRouteAuth } from "./emit.ts";
import { lowerAuth } from "./lower.ts";
import { lowerRouteAuth, routeMark } from "./route.ts";

const at = { ref: { group: "getambassador.io", kind: "AuthService", namespace: "a", name: "b" }, path: "" };
const upstream = { name: "c" as ClusterName, host: "::1", port: 80 } as ClusterDecl;

function lower(spec: Partial<AuthServiceSpec>) {
  return lowerAuth({ auth_service: "[::1]", ...spec }, upstream, at);
}

function codesOf(spec: Partial<AuthServiceSpec>): unknown {
  const { value, diagnostics } = lower(spec);
  return { usable: value !== undefined, codes: diagnostics.map(({ code }) => code) };
}

test("what cannot be asked has no settings, so that the way stays closed", () => {
  assert.deepEqual(codesOf({ proto: "grpc" }), { usable: false, codes: ["auth-service/protocol-version"] });
  assert.deepEqual(codesOf({ path_prefix: "/a b" }), { usable: false, codes: ["auth-service/invalid-path"] });
  for (const add_auth_headers of [{ "": "a" }, { "a:b": "c" }, { a: "b\r\nc: d" }, { a: "100%" }, { host: "a" }]) {
    assert.deepEqual(codesOf({ add_auth_headers }), { usable: false, codes: ["auth-service/invalid-header"] });
  }
  assert.deepEqual(codesOf({ path_prefix: "a" }), { usable: true, codes: ["auth-service/relative-path"] });
});

test("denying everybody is the filter switched off, with the order to deny where it is", () => {
  const { filterEnabled, denyAtDisable } = fromBinary(ExtAuthzSchema, emitAuth({ kind: "deny" }).value);
  assert.deepEqual([filterEnabled?.defaultValue?.numerator, denyAtDisable?.defaultValue], [0, true]);
});

test("nothing but failure_mode_allow lets requests through while the service fails", () => {
  const filterOf = (spec: Partial<AuthServiceSpec>) => {
    const { value } = lower(spec);
    assert.ok(value);
    return fromBinary(ExtAuthzSchema, emitAuth(value).value);
  };
  assert.equal(filterOf({}).failureModeAllow, false);
  assert.equal(filterOf({ failure_mode_allow: true }).failureModeAllow, true);
  assert.equal(filterOf({}).clearRouteCache, true);
});

test("routes are taken out, or tell more, and are never let in", () => {
  const onRoute = (spec: Partial<MappingSpec>) => {
    const { value, diagnostics } = lowerRouteAuth({ prefix: "/", service: "a", ...spec }, at, {});
    const emitted = value && emitRouteAuth(value);
    const override = emitted && fromBinary(ExtAuthzPerRouteSchema, emitted.value);
    return { override: override && toJson(ExtAuthzPerRouteSchema, override), said: diagnostics.length };
  };
  assert.deepEqual(onRoute({}), { override: undefined, said: 0 });
  assert.deepEqual(onRoute({ bypass_auth: false, auth_context_extensions: {} }), { override: undefined, said: 0 });
  assert.deepEqual(onRoute({ bypass_auth: true }), { override: { disabled: true }, said: 0 });
  assert.deepEqual(onRoute({ host_redirect: true }), { override: { disabled: true }, said: 0 });
  const auth_context_extensions = { a: "b" };
  assert.deepEqual(onRoute({ auth_context_extensions }), {
    override: { checkSettings: { contextExtensions: { a: "b" } } },
    said: 0,
  });
  assert.deepEqual(onRoute({ bypass_auth: true, auth_context_extensions }), { override: { disabled: true }, said: 1 });
});

test("a route names whom to ask, and whoever is not asked at all names nobody", () => {
  const marked = (spec: Partial<MappingSpec>, authService: NamedAuthService) => {
    const { value, diagnostics } = lowerRouteAuth({ prefix: "/", service: "a", ...spec }, at, { authService });
    return [value?.kind, value && routeMark(value), diagnostics.map(({ code }) => code)];
  };
  const known = { kind: "known", key: "k" } as const;
  assert.deepEqual(marked({ auth_service: "k" }, known), ["ask", "k", []]);
  for (const other of [{ bypass_auth: true }, { host_redirect: true }])
    assert.deepEqual(marked({ auth_service: "k", ...other }, known), [
      "bypass",
      undefined,
      ["auth-service/unused-field"],
    ]);
  assert.deepEqual(marked({ auth_service: "k" }, { kind: "missing" }), ["bypass", undefined, ["auth-service/unknown"]]);
});

test("of several services each has its own filter, and a mark of none of them is denied", () => {
  const deny = { kind: "deny" } as const;
  const named = [{ mark: "k", judge: deny }];
  const choice = fromBinary(ExtensionWithMatcherSchema, emitAuth({ kind: "choice", usual: deny, named }).value);
  const { matcherType, onNoMatch } = choice.xdsMatcher ?? {};
  assert.ok(matcherType?.case === "matcherList" && onNoMatch);
  assert.equal(matcherType.value.matchers.length, named.length + 1);
});
