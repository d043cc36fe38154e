/**
 * LOWER of the names in TLS settings: cipher suites, curves and application protocols. Envoy refuses a whole listener or
 * cluster for one that it does not know, so those are left out, with a diagnostic. Asked of Envoy 1.40.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";

const suites = new Set(
  `ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES128-SHA
  ECDHE-ECDSA-AES256-SHA ECDHE-ECDSA-AES128-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384
  ECDHE-RSA-CHACHA20-POLY1305 ECDHE-RSA-AES128-SHA ECDHE-RSA-AES256-SHA ECDHE-RSA-AES128-SHA256
  ECDHE-PSK-CHACHA20-POLY1305 ECDHE-PSK-AES128-CBC-SHA ECDHE-PSK-AES256-CBC-SHA PSK-AES128-CBC-SHA PSK-AES256-CBC-SHA
  AES128-GCM-SHA256 AES256-GCM-SHA384 AES128-SHA AES256-SHA DES-CBC3-SHA
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 TLS_RSA_WITH_AES_128_GCM_SHA256
  TLS_RSA_WITH_AES_256_GCM_SHA384
  ALL HIGH DEFAULT FIPS SSLv3 TLSv1 TLSv1.2 kRSA aRSA kECDHE kEECDH ECDHE EECDH ECDSA aECDSA RSA kPSK aPSK PSK AES
  AES128 AES256 AESGCM CHACHA20 3DES SHA1 SHA`.split(/\s+/),
);

const curves = new Set(
  "X25519 x25519 P-256 prime256v1 P-384 secp384r1 P-521 secp521r1 X25519MLKEM768 MLKEM1024".split(" "),
);

/** The TLS settings that are names. */
interface NameFields {
  readonly alpn_protocols?: string | undefined;
  readonly cipher_suites?: readonly string[] | undefined;
  readonly ecdh_curves?: readonly string[] | undefined;
}

/** The names that can be used, and what is wrong with the others. */
export interface LoweredNames {
  readonly names: {
    readonly alpn?: readonly string[];
    readonly cipherSuites?: readonly string[];
    readonly ecdhCurves?: readonly string[];
  };
  /** None of the suites or curves that were asked for can be had. */
  readonly broken: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** Lowers the names. `at` is what holds the fields. */
export function lowerTlsNames(fields: NameFields, at: Origin): LoweredNames {
  const suites = sort(fields.cipher_suites, isCipherSuite, "cipher suite", child(at, "cipher_suites"));
  const curves = sort(fields.ecdh_curves, isCurve, "curve", child(at, "ecdh_curves"));
  const protocols = sort(protocolsOf(fields.alpn_protocols), isProtocol, "protocol", child(at, "alpn_protocols"));
  const alpn = protocols.good.slice(0, maxProtocols);
  return {
    names: {
      ...(alpn.length > 0 ? { alpn } : {}),
      ...(suites.good.length > 0 ? { cipherSuites: suites.good } : {}),
      ...(curves.good.length > 0 ? { ecdhCurves: curves.good } : {}),
    },
    broken: suites.none || curves.none,
    diagnostics: [...suites.diagnostics, ...curves.diagnostics, ...protocols.diagnostics],
  };
}

/** The server name to ask services for, where it can be one. */
export function lowerSni(
  sni: string | undefined,
  at: Origin,
): { readonly names: { readonly sni?: string }; readonly diagnostics: readonly Diagnostic[] } {
  if (sni === undefined || sni === "") return { names: {}, diagnostics: [] };
  if (/^[\x21-\x7e]{1,255}$/.test(sni)) return { names: { sni }, diagnostics: [] };
  const traffic = "services are spoken to without a server name";
  return { names: {}, diagnostics: [diagnose("tls/unknown-name", at, "it is not a server name", { traffic })] };
}

function protocolsOf(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== "");
}

const maxProtocols = 32;

function isProtocol(name: string): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(name);
}

/** One suite, several joined by `:`, equal ones in brackets, or what `+` narrows down. */
function isCipherSuite(text: string): boolean {
  const bare = text.replaceAll(/\[([^[\]]*)\]/g, "$1");
  return bare.split(/[:|+]/).every((name) => suites.has(name));
}

function isCurve(text: string): boolean {
  return text.split(":").every((name) => curves.has(name));
}

function sort(
  given: readonly string[] = [],
  isKnown: (name: string) => boolean,
  what: string,
  at: Origin,
): { readonly good: readonly string[]; readonly none: boolean; readonly diagnostics: readonly Diagnostic[] } {
  const good = given.filter(isKnown);
  const bad = given.filter((name) => !isKnown(name));
  const none = given.length > 0 && good.length === 0;
  const traffic = none && what !== "protocol" ? "TLS is not spoken with these settings" : "it is left out";
  const diagnostics = bad.map((name) =>
    diagnose("tls/unknown-name", at, `${JSON.stringify(name.slice(0, 60))} is not a ${what} that can be used`, {
      traffic,
    }),
  );
  return { good, none, diagnostics };
}
