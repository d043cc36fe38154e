/**
 * TLS settings that a TLSContext and a Host's `tls` share.
 */
import { boolean, integer, list, optional, string } from "../schema/index.ts";

/** The shared fields. */
export const tlsFields = {
  cert_chain_file: optional(string(), "File with the certificate chain, in the place of a Secret.", {
    aliases: ["certChainFile"],
    example: "/etc/certs/tls.crt",
    beside: { private_key_file: "/etc/certs/tls.key" },
  }),
  private_key_file: optional(string(), "File with the private key, in the place of a Secret.", {
    aliases: ["privateKeyFile"],
    example: "/etc/certs/tls.key",
    beside: { cert_chain_file: "/etc/certs/tls.crt" },
  }),
  ca_secret: optional(
    string(),
    "Secret with the certificate authority that client (or server) certificates must come from.",
    { aliases: ["caSecret"], example: "clients-ca" },
  ),
  cacert_chain_file: optional(string(), "File with the certificates of the authority, in the place of `ca_secret`.", {
    aliases: ["cacertChainFile"],
    example: "/etc/certs/ca.crt",
  }),
  crl_secret: optional(string(), "Secret with the list of revoked certificates (`crl.pem`).", {
    aliases: ["crlSecret"],
    old: { name: "v3CRLSecret" },
    example: "revoked",
    beside: { ca_secret: "clients-ca" },
  }),
  alpn_protocols: optional(string(), "Application protocols that are offered, separated by commas.", {
    aliases: ["alpnProtocols"],
    example: "h2,http/1.1",
  }),
  cert_required: optional(boolean(), "Whether connections of clients without a certificate are ended.", {
    unset: false,
    aliases: ["certRequired"],
  }),
  cipher_suites: optional(list(string()), "Cipher suites that are agreed to in TLS 1.2 and older.", {
    aliases: ["cipherSuites"],
    example: ["ECDHE-RSA-AES128-GCM-SHA256"],
  }),
  ecdh_curves: optional(list(string()), "Curves that are agreed to.", {
    aliases: ["ecdhCurves"],
    example: ["X25519", "P-256"],
  }),
  redirect_cleartext_from: optional(
    integer({ min: 1, max: 65535 }),
    "Port whose cleartext requests are redirected, while there is no Listener.",
    { aliases: ["redirectCleartextFrom"], example: 8080 },
  ),
  sni: optional(string(), "Server name that is asked for when connecting to a service.", { example: "shop.internal" }),
};
