import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { openMaterial } from "../../../test/envoy/material.ts";
import { rawObject, rawResource } from "../../../test/raw-object.ts";
import { type CompilerEdit, defaultSettings, openCompiler } from "../index.ts";

test("a run that chose chains for few certificates is told of many, where TLS ends, and no other is", () => {
  const { certificate, key } = openMaterial().certificate("any:any.test");
  const hosts = Array.from({ length: 1_000 }, (_, i): readonly CompilerEdit[] => {
    const [host, secret] = [`h${i}`, `s${i}`];
    const spec = { hostname: `${host}.test`, tlsSecret: { name: secret } };
    const data = { stringData: { "tls.crt": certificate, "tls.key": key } };
    return [
      { kind: "object", key: host, value: rawResource("Host", "v3alpha1", spec, { name: host }) },
      { kind: "object", key: secret, value: rawObject("Secret", "v1", data, { name: secret }) },
    ];
  });
  const listeners = Object.entries({ HTTPS: 8443, HTTP: 8080 }).map(([protocol, port]): CompilerEdit => {
    const spec = { port, protocol, securityModel: "XFP", hostBinding: { namespace: { from: "ALL" } } };
    return { kind: "object", key: protocol, value: rawResource("Listener", "v3alpha1", spec, { name: protocol }) };
  });
  const compiler = openCompiler(defaultSettings, { strict: true });
  const told = (...edits: readonly CompilerEdit[]) => {
    compiler.apply(edits);
    compiler.commit();
    return compiler.diagnostics().flatMap(({ code, at }) => (code === "listener/certificates" ? [at.ref.name] : []));
  };
  deepEqual(told(...listeners, ...hosts.flat()), []);
  deepEqual(told({ kind: "certificates", value: "chains" }), ["HTTPS"]);
  deepEqual(told({ kind: "object", key: "h7" }), []);
  deepEqual(told(...(hosts[7] ?? [])), ["HTTPS"]);
  deepEqual(told({ kind: "certificates", value: "by-name" }), []);
  deepEqual(told({ kind: "settings", value: { ...defaultSettings, certificates: "chains" } }), []);
});
