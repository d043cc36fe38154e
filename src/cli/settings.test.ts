/** What the environment and flags ask for, in the words that the old system read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CannotRun } from "./cannot-run.ts";
import { type ChosenSettings, settingsFrom } from "./settings.ts";

const cases: readonly [environment: NodeJS.ProcessEnv, asked: ChosenSettings][] = [
  [{ AMBASSADOR_ID: "blue" }, { ambassadorId: "blue" }],
  [{ AMBASSADOR_NAMESPACE: "edge" }, { namespace: "edge" }],
  [{ DRAGOMAN_SERVICE: "edge" }, { ownService: "edge" }],
  [{ AMBASSADOR_ENVOY_BIND_ADDRESS: "127.0.0.1" }, { bindAddress: "127.0.0.1" }],
  [{ AMBASSADOR_SINGLE_NAMESPACE: "false" }, { scope: { singleNamespace: true, certsSingleNamespace: true } }],
  [{ AMBASSADOR_CERTS_SINGLE_NAMESPACE: "1" }, { scope: { singleNamespace: false, certsSingleNamespace: true } }],
  [
    { AMBASSADOR_LABEL_SELECTOR: "app=shop" },
    {
      scope: {
        singleNamespace: false,
        certsSingleNamespace: false,
        labelSelector: [{ kind: "in", name: "app", values: ["shop"] }],
      },
    },
  ],
  [{ AMBASSADOR_DISABLE_ENDPOINTS: "false" }, { disableEndpoints: true }],
  [{ AMBASSADOR_DISABLE_ENDPOINTS: "" }, { disableEndpoints: false }],
  [{ AMBASSADOR_KNATIVE_SUPPORT: "true" }, { knative: true }],
  [{ DISABLE_STRICT_LABEL_SELECTORS: "true" }, { looseLabelSelectors: true }],
  [{ DISABLE_STRICT_LABEL_SELECTORS: "false" }, { looseLabelSelectors: false }],
  [{ DRAGOMAN_EXPAND_ENV: "STAGE, NONE", STAGE: "test" }, { expandEnv: { STAGE: "test" } }],
  [{ AMBASSADOR_EXPAND_ENV: "STAGE", STAGE: "test" }, { expandEnv: { STAGE: "test" } }],
  [
    { STAGE: "test", _: "x" },
    { expandEnv: {}, envNames: ["STAGE"] },
  ],
  [{ DRAGOMAN_FALLBACK_CERT: "true" }, { fallbackCertificate: "redirect" }],
  [{ DRAGOMAN_FALLBACK_CERT: "true", AMBASSADOR_NO_TLS_REDIRECT: "1" }, { fallbackCertificate: "route" }],
];

for (const [environment, asked] of cases) {
  const text = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  test(`${text.join(" ")} gives ${JSON.stringify(asked)}`, () => {
    const chosen = settingsFrom({}, environment);
    for (const [key, value] of Object.entries(asked)) assert.deepEqual(chosen[key as keyof ChosenSettings], value);
  });
}

for (const environment of [{ AMBASSADOR_LABEL_SELECTOR: "a in b" }, { AMBASSADOR_ENVOY_BIND_ADDRESS: "here" }]) {
  test(`${JSON.stringify(environment)} is refused`, () => {
    assert.throws(() => settingsFrom({}, environment), CannotRun);
  });
}

test("an empty environment decides about nothing", () => {
  const { ambassadorId, namespace, bindAddress, fallbackCertificate } = settingsFrom({}, {});
  assert.deepEqual(
    [ambassadorId, namespace, bindAddress, fallbackCertificate],
    [undefined, undefined, undefined, undefined],
  );
  assert.equal(settingsFrom({}, { AMBASSADOR_NO_TLS_REDIRECT: "1" }).fallbackCertificate, undefined);
  assert.equal(settingsFrom({}, { AMBASSADOR_ISTIO_SECRET_DIR: "/etc/istio/" }).istioSecretDirectory, "/etc/istio");
});
