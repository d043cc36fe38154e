/** What the status of a Host says of its certificate, as a table: the Host, what is there, what is said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rawObject, rawResource } from "../../../../test/raw-object.ts";
import { defaultSettings, openCompiler } from "../../../compiler/index.ts";
import type { HostStatus } from "../host-status.ts";
import { type HostObject, sourceOf } from "./hosts.ts";
import { statusOf } from "./status.ts";

const ready: HostStatus = { tlsCertificateSource: "ACME", state: "Ready" };
const since = "2030-01-01T00:00:00Z";

interface Row {
  readonly spec: object;
  readonly status?: object;
  readonly known?: HostStatus;
  readonly orders?: boolean;
  readonly said: unknown;
}

const missing = { errorReason: "tlsSecret does not exist", errorTimestamp: since };

const rows: Readonly<Record<string, Row>> = {
  "a Host without TLS": {
    spec: { hostname: "a.test" },
    said: { tlsCertificateSource: "None", state: "Ready" },
  },
  "a Secret that is there": {
    spec: { hostname: "a.test", tlsSecret: { name: "there" } },
    said: { tlsCertificateSource: "Other", state: "Ready" },
  },
  "a Secret that is not there, since then": {
    spec: { hostname: "a.test", acmeProvider: { authority: "None" }, tlsSecret: { name: "lost" } },
    status: missing,
    said: {
      tlsCertificateSource: "Other",
      state: "Error",
      phaseCompleted: "DefaultsFilled",
      ...missing,
      errorBackoff: "5m0s",
    },
  },
  "a certificate that nobody has looked at yet": {
    spec: { hostname: "a.test", acmeProvider: {} },
    said: "unknown",
  },
  "a certificate that somebody looks after": {
    spec: { hostname: "a.test", acmeProvider: {} },
    known: ready,
    said: ready,
  },
  "a certificate where nobody orders": {
    spec: { hostname: "a.test", acmeProvider: {} },
    orders: false,
    said: undefined,
  },
  "a pattern, for which no authority can be asked": {
    spec: { hostname: "*.a.test", acmeProvider: {} },
    status: { errorReason: "something else", errorTimestamp: since },
    said: {
      tlsCertificateSource: "ACME",
      state: "Error",
      phaseCompleted: "DefaultsFilled",
      errorReason: 'an authority issues certificates for exact host names alone, and "*.a.test" is none',
    },
  },
  "a Secret of another namespace, which is not ours to write": {
    spec: { hostname: "a.test", acmeProvider: {}, tlsSecret: { name: "there", namespace: "elsewhere" } },
    status: missing,
    said: {
      tlsCertificateSource: "Other",
      state: "Error",
      phaseCompleted: "DefaultsFilled",
      ...missing,
      errorBackoff: "5m0s",
    },
  },
};

const [impliedAcme, secret] = [false, rawObject("Secret", "v1", {}, { name: "there" })];

for (const [what, { spec, status, known, orders = true, said }] of Object.entries(rows)) {
  test(what, () => {
    const raw = rawResource("Host", "v3alpha1", spec, { name: "a" });
    const compiler = openCompiler(defaultSettings);
    const objects = [raw, secret];
    compiler.apply(objects.map((value) => ({ kind: "object", key: value.ref.kind, value }) as const));
    compiler.commit();
    const object = { raw, status } as HostObject;
    const found = statusOf(object, compiler, known, { impliedAcme, orders });
    // When it was first seen is the time of this test where it was not seen before.
    const { errorTimestamp, ...rest } = Object(found);
    const dated = "errorTimestamp" in Object(said) ? { errorTimestamp } : {};
    assert.deepEqual(typeof found === "object" ? { ...rest, ...dated } : found, said);
  });
}

test("a Host that mentions no authority has one where Edge Stack's defaults apply, unless it is a pattern", () => {
  const of = (hostname: string, implied: boolean): string =>
    sourceOf({ namespace: "default", spec: { hostname } }, { impliedAcme: implied });
  assert.deepEqual([of("a.test", false), of("a.test", true), of("*.a.test", true)], ["None", "ACME", "None"]);
});
