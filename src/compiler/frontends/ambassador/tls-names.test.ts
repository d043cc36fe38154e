/** Which names of TLS settings are used, which are left out, and when nothing is left. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import type { Origin } from "#base/origin.ts";
import { lowerSni, lowerTlsNames } from "./tls-names.ts";

const at: Origin = { ref: { group: "g", kind: "TLSContext", namespace: "n", name: "x" }, path: ".spec" };

function lower(fields: Parameters<typeof lowerTlsNames>[0]): readonly unknown[] {
  const { names, broken, diagnostics } = lowerTlsNames(fields, at);
  return [names, broken, ...diagnostics.map((found) => found.at.path)];
}

test("names that Envoy knows are used in every spelling", () => {
  const suites = [
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA",
    "[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]",
    "ECDHE+AESGCM",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  ];
  deepEqual(lower({ cipher_suites: suites }), [{ cipherSuites: suites }, false]);
  deepEqual(lower({ ecdh_curves: ["X25519", "P-256"] }), [{ ecdhCurves: ["X25519", "P-256"] }, false]);
  deepEqual(lower({ alpn_protocols: "h2, http/1.1,," }), [{ alpn: ["h2", "http/1.1"] }, false]);
  deepEqual(lower({ alpn_protocols: "", cipher_suites: [], ecdh_curves: [] }), [{}, false]);
});

test("others are left out, and no suite or curve at all is no TLS", () => {
  const path = ".spec.cipher_suites";
  const good = "ECDHE-RSA-AES128-GCM-SHA256";
  deepEqual(lower({ cipher_suites: [good, "RC4"] }), [{ cipherSuites: [good] }, false, path]);
  for (const bad of ["", "TLS_AES_128_GCM_SHA256", "!aNULL", "a b", "[A|B]", `${good},${good}`, "\0"]) {
    deepEqual(lower({ cipher_suites: [bad] }), [{}, true, path], bad);
  }
  deepEqual(lower({ ecdh_curves: ["secp256k1"] }), [{}, true, ".spec.ecdh_curves"]);
  deepEqual(lower({ alpn_protocols: `h2,${"x".repeat(256)}` }), [{ alpn: ["h2"] }, false, ".spec.alpn_protocols"]);
});

test("a server name is visible text", () => {
  deepEqual(lowerSni("a.test", at).names, { sni: "a.test" });
  deepEqual(lowerSni("", at), { names: {}, diagnostics: [] });
  for (const bad of ["a\0", "a b", "ü", "x".repeat(256)]) deepEqual(lowerSni(bad, at).diagnostics.length, 1, bad);
});
