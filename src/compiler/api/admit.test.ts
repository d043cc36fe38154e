/**
 * Admission of any object: whose it is, whether it can be used, what is said about it.
 */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { formatOrigin } from "#base/origin.ts";
import { rawObject, rawResource } from "../../../test/raw-object.ts";
import { valuesOf } from "../../../test/schema-values.ts";
import { defaultSettings } from "../settings.ts";
import { admit } from "./admit.ts";
import { generationOf, type Kind } from "./kind.ts";
import { ambassadorKinds, coreKinds } from "./kinds.ts";
import type { RawObject } from "./raw-object.ts";

const kinds = ambassadorKinds as readonly unknown[] as readonly Kind[];
const settings = defaultSettings;

function say(raw: RawObject, own = settings): readonly string[] {
  const { value, diagnostics } = admit(raw, own);
  const lines = diagnostics.map(
    (d) => `${d.severity}[${d.code}] ${formatOrigin(d.at)}: ${d.message}${d.hint ? ` (${d.hint})` : ""}`,
  );
  return [value === undefined ? "absent" : "present", ...lines];
}

/** The least that each kind needs. */
const least: Readonly<Record<string, unknown>> = {
  Listener: { port: 8080, protocol: "HTTP", securityModel: "XFP", hostBinding: { namespace: { from: "ALL" } } },
  Mapping: { prefix: "/", service: "s" },
  TCPMapping: { port: 9000, service: "s" },
  Module: { config: {} },
  ConsulResolver: { datacenter: "dc1" },
  AuthService: { auth_service: "a" },
  RateLimitService: { service: "a" },
  TracingService: { service: "a", driver: "zipkin" },
  LogService: { service: "a", driver: "tcp" },
  Filter: { Internal: {} },
};

for (const kind of kinds) {
  for (const version of kind.versions) {
    test(`${kind.kind} ${version}: the least there can be is admitted`, () => {
      const { value, diagnostics } = admit(rawResource(kind.kind, version, least[kind.kind] ?? {}), settings);
      assert.equal(value?.kind, kind.kind);
      assert.equal(value.version, version);
      const expected = kind.notYet === undefined ? [] : [`${kind.feature}/not-yet-supported`];
      assert.deepEqual(
        diagnostics.filter((d) => d.code !== "module/unknown-module").map((d) => d.code),
        expected,
      );
    });
  }

  test(`${kind.kind}: a kind without effect says what traffic sees`, () => {
    const { diagnostics } = admit(rawResource(kind.kind, kind.versions[0] ?? "", least[kind.kind] ?? {}), settings);
    for (const diagnostic of diagnostics) assert.ok(diagnostic.traffic, diagnostic.message);
  });

  test(`${kind.kind}: whatever its schema allows is admitted or has a diagnostic, twice the same`, () => {
    for (const version of kind.versions) {
      fc.assert(
        fc.property(valuesOf(kind.schema, generationOf(version)), (spec) => {
          const raw = rawResource(kind.kind, version, { ...(spec as object), ambassador_id: ["default"] });
          const once = admit(raw, settings);
          assert.ok(once.value !== undefined || once.diagnostics.length > 0);
          assert.deepEqual(
            once.diagnostics.filter((d) => d.code === "object/invalid-field" && kind.kind !== "Module"),
            [],
          );
          assert.deepEqual(admit(structuredClone(raw), settings), once);
        }),
        { numRuns: 20 },
      );
    }
  });

  test(`${kind.kind}: no JSON makes admission throw`, () => {
    const names = Object.keys(kind.schema.fields);
    const specs = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...names), fc.jsonValue()));
    fc.assert(
      fc.property(specs, fc.constantFrom(...kind.versions), (spec, version) => {
        const { value, diagnostics } = admit(rawResource(kind.kind, version, spec), settings);
        assert.ok(
          value !== undefined ||
            diagnostics.length > 0 ||
            Object.keys(spec as object).some((key) => key.startsWith("ambassador")),
        );
      }),
      { numRuns: 50 },
    );
  });
}

for (const { kind, group, versions } of coreKinds) {
  test(`${kind}: no JSON makes admission throw`, () => {
    const name = kind === "KnativeIngress" ? "Ingress" : kind;
    const bodies = fc.dictionary(
      fc.constantFrom("spec", "data", "stringData", "type", "subsets", "endpoints", "ports"),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(bodies, fc.constantFrom(...versions), (body, version) => {
        const labels = { "kubernetes.io/service-name": "s" };
        const annotations = { "kubernetes.io/ingress.class": "ambassador" };
        const raw = rawObject(name, version, body, { group, labels, annotations });
        assert.deepEqual(admit(raw, settings), admit(raw, settings));
      }),
      { numRuns: 50 },
    );
  });
}

test("what a bad object is told", () => {
  const spec = {
    prefix: "/a/",
    timeout_ms: "3s",
    contect_timeout_ms: 1,
    envoy_override: {},
  };
  assert.deepEqual(say(rawResource("Mapping", "v3alpha1", spec, { name: "quote" })), [
    "absent",
    'error[object/invalid-field] Mapping default/quote .spec.timeout_ms: .spec.timeout_ms: expected integer of at least 0, got string "3s"',
    'warning[object/unknown-field] Mapping default/quote .spec.contect_timeout_ms: Mapping has no field .spec.contect_timeout_ms (did you mean "connect_timeout_ms"?)',
    "notice[object/ignored-field] Mapping default/quote .spec.envoy_override: .spec.envoy_override has no effect: no release after 0.x merged it into the route",
    "error[object/invalid-field] Mapping default/quote .spec.service: .spec.service: is required",
  ]);
});

test("an object with countless problems says how many are not shown", () => {
  const spec = {
    ...(least.Mapping as object),
    ...Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`field_${i}`, 1])),
  };
  const lines = say(rawResource("Mapping", "v2", { ...spec, weight: "x" }));
  assert.equal(lines[0], "absent");
  assert.equal(lines.length, 1 + 100 + 1 + 1);
  assert.equal(lines.at(-1), "notice[object/more-problems] Mapping default/x: 50 more problems are not shown");
});

test("an unknown field costs only itself", () => {
  const { value, diagnostics } = admit(
    rawResource("Mapping", "v2", { ...(least["Mapping"] as object), bogus: 1 }),
    settings,
  );
  assert.deepEqual(value?.spec, { prefix: "/", service: "s", hostname: "*" });
  assert.deepEqual(
    diagnostics.map((d) => d.code),
    ["object/unknown-field"],
  );
});

test("a field beside spec is said to stand in the wrong place", () => {
  const raw = {
    ...rawResource("Mapping", "v2", least["Mapping"]),
    body: { spec: least["Mapping"], prefix: "/", status: {} },
  };
  assert.deepEqual(say(raw), [
    "present",
    "warning[object/unknown-field] Mapping default/x .prefix: Mapping default/x .prefix is not a field of this kind (put settings under spec)",
  ]);
});

test("an unknown version of a known kind", () => {
  assert.deepEqual(say(rawResource("Mapping", "v4", least["Mapping"])), [
    "absent",
    'error[object/unsupported-version] Mapping default/x .apiVersion: Mapping has no version "v4" (its versions are v0, v1, v2, v3alpha1)',
  ]);
  assert.deepEqual(say(rawResource("Listener", "v2", least["Listener"]))[0], "absent");
});

test("an unknown kind of the group", () => {
  assert.deepEqual(say(rawResource("Maping", "v2", {})), [
    "absent",
    "error[object/unknown-kind] Maping default/x .kind: there is no kind Maping in getambassador.io (did you mean Mapping?)",
  ]);
  assert.deepEqual(say(rawResource("CircuitBreaker", "v0", {})), [
    "absent",
    "notice[object/ignored-kind] CircuitBreaker default/x .kind: no release ever made anything of a CircuitBreaker",
  ]);
  const firewall = rawResource("WebApplicationFirewall", "v1alpha1", {}, { group: "gateway.getambassador.io" });
  assert.match(say(firewall)[1] ?? "", /no kind WebApplicationFirewall in gateway.getambassador.io/);
});

test("kinds of other groups are not ours", () => {
  assert.deepEqual(say(rawObject("Deployment", "v1", {}, { group: "apps" })), ["absent"]);
});

test("the previews of 2.0 have the same kinds under longer names", () => {
  const raw = rawResource("AmbassadorMapping", "v3alpha1", least["Mapping"], { group: "x.getambassador.io" });
  const { value } = admit(raw, settings);
  assert.equal(value?.kind, "Mapping");
  assert.equal(value.ref.kind, "AmbassadorMapping");
  assert.equal(say({ ...raw, version: "v2" })[0], "absent");
});

const ids: readonly [what: string, version: string, spec: object, ours: boolean][] = [
  ["none", "v2", {}, true],
  ["empty list", "v2", { ambassador_id: [] }, true],
  ["the default", "v2", { ambassador_id: "default" }, true],
  ["another", "v2", { ambassador_id: "other" }, false],
  ["a list with ours", "v3alpha1", { ambassador_id: ["other", "default"] }, true],
  ["a list without ours", "v3alpha1", { ambassador_id: ["other"] }, false],
  ["for everyone", "v3alpha1", { ambassador_id: ["_automatic_"] }, true],
  ["as a 2.x API server shows it to 1.x", "v2", { ambassador_id: ["--apiVersion-v3alpha1-only--default"] }, true],
];

for (const [what, version, spec, ours] of ids) {
  test(`ambassador_id: ${what} is ${ours ? "" : "not "}ours`, () => {
    const raw = rawResource("Mapping", version, { ...(least["Mapping"] as object), ...spec });
    assert.deepEqual(say(raw), [ours ? "present" : "absent"]);
  });
}

test("what is not ours is not judged", () => {
  assert.deepEqual(say(rawResource("Mapping", "v2", { ambassador_id: "other", prefix: 7 })), ["absent"]);
});

test("Host has a second spelling of ambassador_id", () => {
  assert.deepEqual(say(rawResource("Host", "v2", { ambassadorId: "other" })), ["absent"]);
  const host = admit(rawResource("Host", "v2", { ambassadorId: ["default"], hostname: "h" }), settings).value;
  assert.deepEqual(host?.spec, { hostname: "h", ambassador_id: ["default"] });
});

test("a malformed ambassador_id is reported, not taken for somebody else's", () => {
  const raw = rawResource("Mapping", "v3alpha1", { ...(least["Mapping"] as object), ambassador_id: "default" });
  assert.deepEqual(say(raw), [
    "absent",
    "error[object/invalid-field] Mapping default/x .spec.ambassador_id: .spec.ambassador_id: expected list, got string",
  ]);
  assert.match(
    say(rawResource("Mapping", "v2", { ...(least["Mapping"] as object), ambassador_id: 7 }))[1] ?? "",
    /string or list/,
  );
});

const braced = (name: string): string => `$\{${name}}`;

test("a malformed ambassador_id is reported by every instance", () => {
  const raw = rawResource("Mapping", "v2", { ...(least.Mapping as object), ambassador_id: 7 });
  assert.match(say(raw, { ...settings, ambassadorId: "other" })[1] ?? "", /ambassador_id: expected string or list/);
});

test("allowed environment variables are put in, and no others", () => {
  const own = { ...settings, expandEnv: { HOST: "shop.example", EMPTY: "" } };
  const spec = {
    prefix: `/$OTHER/${braced("OTHER")}/$EMPTY/`,
    service: `${braced("HOST")}:80`,
    hostname: "$HOST",
    headers: { a: "$HOSTNAME $$HOST $toString" },
  };
  assert.deepEqual(admit(rawResource("Mapping", "v3alpha1", spec), own).value?.spec, {
    prefix: `/$OTHER/${braced("OTHER")}//`,
    service: "shop.example:80",
    hostname: "shop.example",
    headers: { a: "$HOSTNAME $shop.example $toString" },
  });
  const { prefix, headers } = spec;
  const left = { prefix, headers, service: "quote" };
  assert.deepEqual(admit(rawResource("Mapping", "v3alpha1", left), settings).value?.spec, left);
});

test("a resource keeps what later stages decide by", () => {
  const within = { group: "", kind: "Service", namespace: "n", name: "s" };
  const raw = rawResource("Mapping", "v1", least["Mapping"], {
    labels: { a: "b" },
    created: "2020-01-01T00:00:00Z",
    within,
  });
  assert.deepEqual(admit(raw, settings).value, {
    kind: "Mapping",
    ref: raw.ref,
    version: "v1",
    labels: { a: "b" },
    created: "2020-01-01T00:00:00Z",
    within,
    spec: { prefix: "/", service: "s", hostname: "*" },
  });
});

test("an inline secret of a Filter is in no message", () => {
  const spec = { OAuth2: { authorizationURL: "u", secret: 987654321, clientID: 7 } };
  const text = JSON.stringify(admit(rawResource("Filter", "v3alpha1", spec), settings));
  assert.ok(!text.includes("987654321"));
});
