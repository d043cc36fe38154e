/** What Hosts become: names, policy for insecure requests, TLS, and TLS that cannot be had. */
import { deepEqual } from "node:assert/strict";
import { before, test } from "node:test";
import type { Origin } from "#base/origin.ts";
import { rawObject, rawResource } from "../../../../test/raw-object.ts";
import { collection, index, reads } from "../../../../test/reads.ts";
import { keyPem, makeIdentity, pem } from "../../../../tools/x509/certificate.ts";
import { admit, type FileContent, type Host, type Secret } from "../../api/index.ts";
import { defaultSettings } from "../../settings.ts";
import type { RouteDefaults } from "./defaults.ts";
import { lowerHost } from "./host.ts";
import type { ContextDecl } from "./tls.ts";

const secrets: Record<string, Secret> = {};
const policy = { requireClientCertificate: false };
const context = (name: string, more: Partial<ContextDecl> = {}): ContextDecl => ({
  ref: { group: "getambassador.io", kind: "TLSContext", namespace: "default", name },
  hosts: [],
  policy: { ...policy, minVersion: "v1.3" },
  ...more,
});
const contexts: Readonly<Record<string, ContextDecl>> = {
  "default/strict": context("strict"),
  "default/listed": context("listed", { hosts: ["other.test"] }),
  "default/broken": context("broken", { broken: true }),
  "default/foreign": context("foreign", {
    certificate: { name: "default/b", kind: "certificate", secret: "default/b" },
  }),
  "default/implied-context": context("implied-context"),
};

before(() => {
  const identity = makeIdentity({ name: "a.test", dnsNames: ["a.test"] });
  const stringData = { "tls.crt": pem("CERTIFICATE", identity.certificate), "tls.key": keyPem(identity.key) };
  const secret = (name: string, body: object): void => {
    const raw = rawObject("Secret", "v1", { ...body }, { name });
    secrets[`default/${name}`] = admit(raw, defaultSettings).value as Secret;
  };
  secret("a", { stringData });
  secret("b", { stringData });
  secret("garbage", { stringData: { "tls.crt": "x", "tls.key": "y" } });
});

function lower(spec: object, name = "h"): readonly unknown[] {
  const raw = rawResource("Host", "v3alpha1", { hostname: "a.test", ...spec }, { name });
  const lookup = {
    settings: collection({ "": defaultSettings }),
    secrets: collection(secrets),
    files: collection<FileContent>(),
    defaults: collection<RouteDefaults>(),
    contexts: collection(contexts),
    anyListener: collection<Origin>(),
    byName: index(Object.fromEntries(Object.values(contexts).map((one) => [one.ref.name, [one]]))),
  };
  const { out, diagnostics = [] } = lowerHost(lookup)(admit(raw, defaultSettings).value as Host, reads);
  const [[, decl] = []] = [...out];
  const tls = decl?.tls ? `${decl.tls.certificate.name} ${decl.tls.policy.minVersion ?? "any"}` : "";
  const how = decl?.tlsBroken ? "broken" : tls;
  return [
    how,
    ...diagnostics.filter(({ code }) => code !== "host/no-http2").map(({ code, at }) => `${code} ${at.path}`),
  ];
}

test("how TLS is served, or why not", () => {
  const a = { tlsSecret: { name: "a" } };
  const rows: readonly (readonly [spec: object, expected: readonly unknown[]])[] = [
    [{}, [""]],
    [a, ["default/a any"]],
    [{ tlsSecret: { name: "a", namespace: "default" } }, ["default/a any"]],
    [{ tlsSecret: { name: "a", namespace: "other" } }, ["broken", "tls/unusable-secret .spec.tlsSecret"]],
    [{ tlsSecret: { name: "nowhere" } }, ["broken", "tls/unusable-secret .spec.tlsSecret"]],
    [{ tlsSecret: {} }, [""]],
    [{ tls: { sni: "x" } }, ["", "host/tls-without-secret .spec.tls"]],
    [{ tlsContext: { name: "strict" } }, ["", "host/tls-without-secret .spec.tlsContext"]],
    [{ ...a, tlsContext: { name: "strict" } }, ["default/a v1.3"]],
    [{ ...a, tlsContext: { name: "listed" } }, ["default/a v1.3", "host/not-in-context .spec.tlsContext"]],
    [{ ...a, tlsContext: { name: "nobody" } }, ["broken", "tls/unknown-context .spec.tlsContext.name"]],
    [{ ...a, tlsContext: { name: "foreign" } }, ["broken", "host/other-secret .spec.tlsSecret"]],
    [{ ...a, tlsContext: { name: "strict" }, tls: {} }, ["broken", "host/tls-and-context .spec.tls"]],
    [{ ...a, tls: { min_tls_version: "v1.2" } }, ["default/a v1.2"]],
    [{ ...a, tls: { min_tls_version: "v9" } }, ["broken", "tls-context/invalid-version .spec.tls.min_tls_version"]],
    [{ ...a, tls: { ca_secret: "nowhere" } }, ["broken", "tls/unusable-secret .spec.tls.ca_secret"]],
    [{ ...a, tls: { cert_required: true } }, ["broken", "tls/unchecked-clients .spec.tls.cert_required"]],
    [{ ...a, tls: { cipher_suites: ["RC4"] } }, ["broken", "tls/unknown-name .spec.tls.cipher_suites"]],
  ];
  for (const [spec, expected] of rows) deepEqual(lower(spec), expected, JSON.stringify(spec));
  deepEqual(lower({ tlsSecret: { name: "garbage" } }), [
    "broken",
    "tls/unusable-secret .spec.tlsSecret",
    'secret/invalid-certificate .data["tls.crt"]',
  ]);
  deepEqual(lower({ ...a, tlsContext: { name: "broken" } })[0], "broken");
});

test("a TLSContext called after the Host is its own", () => {
  deepEqual(lower({ tlsSecret: { name: "a" } }, "implied"), ["default/a v1.3"]);
});
