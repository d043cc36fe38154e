/** Which hosts HTTP/3 is served for, and which port HTTPS listeners tell of. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { collection, reads } from "../../../test/reads.ts";
import type { HostTls } from "../ir/host.ts";
import type { ListenerDecl } from "../ir/listener.ts";
import { defaultSettings, type Settings } from "../settings.ts";
import { advertiseHttp3, unfitForHttp3 } from "./http3.ts";
import { socketKey } from "./listeners.ts";

const certificate = { name: "default/a", kind: "certificate", secret: "default/a" } as const;

function unfit(policy: Partial<HostTls["policy"]>, speaksQuic = true): string | undefined {
  const tls: HostTls = { certificate, policy: { requireClientCertificate: false, ...policy } };
  return unfitForHttp3(tls, () => speaksQuic, reads);
}

test("what HTTP/3 cannot be served with", () => {
  equal(unfit({}), undefined);
  equal(unfit({ maxVersion: "v1.3", minVersion: "v1.0", alpn: ["http/1.1"] }), undefined);
  equal(unfit({ maxVersion: "v1.2" }), "TLS v1.2 is the newest that it allows");
  const validation = { name: "default/ca/ca", kind: "validation", secret: "default/ca" } as const;
  equal(unfit({ validation }), "its clients are asked for certificates");
  equal(unfit({}, false), "its certificate has a key other than RSA or ECDSA");
});

const listener = (more: Partial<ListenerDecl> = {}): ListenerDecl => ({
  key: "",
  origin: { ref: { group: "getambassador.io", kind: "Listener", namespace: "default", name: "l" }, path: "" },
  created: "",
  address: "0.0.0.0",
  port: 8443,
  proxyProtocol: false,
  tls: true,
  http: { statPrefix: "", trustedHops: 0 },
  statPrefix: "",
  binding: { kind: "hosts", selector: {} },
  security: "XFP",
  ...more,
});

function told(
  asked: ListenerDecl,
  others: readonly ListenerDecl[],
  settings: Partial<Settings> = {},
): readonly unknown[] {
  const declared = collection(Object.fromEntries([asked, ...others].map((one) => [socketKey(one), one])));
  const lookup = { declared, settings: collection({ "": { ...defaultSettings, ...settings } }) };
  const { out, diagnostics = [] } = advertiseHttp3(lookup)(asked, reads, socketKey(asked));
  return [[...out][0]?.[1].http?.http3Port, ...diagnostics.map(({ code }) => code)];
}

test("HTTPS on the address and port of a UDP listener tells of it", () => {
  const http3 = listener({ quic: true });
  deepEqual(told(listener(), [http3]), [443]);
  deepEqual(told(listener(), [http3], { httpsPort: 4443 }), [4443, "compat/http3-port"]);
  deepEqual(told(listener(), [http3], { httpsPort: "own" }), [8443, "compat/http3-port"]);
  deepEqual(told(listener(), [http3], { httpsPort: "own", ports: { "8443": 443 } }), [443]);
  deepEqual(told(listener(), []), [undefined]);
  deepEqual(told(listener(), [listener({ quic: true, port: 443 })]), [undefined]);
  deepEqual(told(listener(), [listener({ quic: true, address: "127.0.0.1" })]), [undefined]);
  deepEqual(told(listener({ tls: false }), [http3]), [undefined]);
  deepEqual(told(http3, [listener()]), [undefined]);
  const { http: _, ...raw } = listener();
  deepEqual(told(raw, [http3]), [undefined]);
});
