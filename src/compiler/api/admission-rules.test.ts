/** What the API server refuses by a pattern, admission refuses, too, whatever the text. */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { defaultSettings } from "../settings.ts";
import { hostPattern } from "./ambassador/mapping-hosts.ts";
import { consulResolverSchema } from "./ambassador/resolvers.ts";
import { serverName } from "./ambassador/tcp-mapping.ts";
import { admit } from "./index.ts";
import type { AdmissionRule } from "./schema/index.ts";

const rulesOf = (schema: unknown): readonly AdmissionRule[] => (schema as { rules: readonly AdmissionRule[] }).rules;

const patterns: readonly (readonly [kind: string, field: string, schema: unknown, more: object])[] = [
  ["Host", "hostname", hostPattern, {}],
  ["Mapping", "hostname", hostPattern, { prefix: "/", service: "a" }],
  ["TCPMapping", "host", serverName, { port: 1, service: "a" }],
  ["ConsulResolver", "datacenter", consulResolverSchema, {}],
];

for (const [kind, field, schema, more] of patterns) {
  test(`${kind} ${field}`, () => {
    const [, source = ""] = /matches\(r'([^']+)'\)/.exec(rulesOf(schema)[0]?.cel ?? "") ?? [];
    const allowed = new RegExp(source);
    const text = fc.string({ unit: fc.constantFrom("a", "*", ".", ":", "8", "[", "]", "-", "\n", " "), maxLength: 8 });
    let refused = 0;
    fc.assert(
      fc.property(text, (value) => {
        // No text is no pattern of a Mapping, but none at all.
        if (allowed.test(value) || value === "") return;
        refused++;
        const ref = { group: "getambassador.io", kind, namespace: "default", name: "any" };
        const raw = {
          ref,
          version: "v3alpha1",
          labels: {},
          annotations: {},
          body: { spec: { ...more, [field]: value } },
        };
        assert.equal(admit(raw, defaultSettings).value, undefined);
      }),
      { numRuns: 2000 },
    );
    assert.ok(refused > 100);
  });
}
