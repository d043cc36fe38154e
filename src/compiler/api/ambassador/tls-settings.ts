/**
 * TLS settings that a TLSContext and a Host's `tls` share.
 */
import { boolean, integer, list, optional, string } from "../schema/index.ts";

/** The shared fields. */
export const tlsFields = {
  cert_chain_file: optional(string(), "File with the certificate chain, in the place of a Secret.", {
    aliases: ["certChainFile"],
  }),
  private_key_file: optional(string(), "File with the private key, in the place of a Secret.", {
    aliases: ["privateKeyFile"],
  }),
  ca_secret: optional(
    string(),
    "Secret with the certificate authority that client (or server) certificates must come from.",
    { aliases: ["caSecret"] },
  ),
  cacert_chain_file: optional(string(), "File with the certificates of the authority, in the place of `ca_secret`.", {
    aliases: ["cacertChainFile"],
  }),
  crl_secret: optional(string(), "Secret with the list of revoked certificates (`crl.pem`).", {
    aliases: ["crlSecret"],
    old: { name: "v3CRLSecret" },
  }),
  alpn_protocols: optional(string(), "Application protocols that are offered, separated by commas.", {
    aliases: ["alpnProtocols"],
  }),
  cert_required: optional(boolean(), "Whether clients must show a certificate.", {
    unset: false,
    aliases: ["certRequired"],
  }),
  cipher_suites: optional(list(string()), "Allowed cipher suites of TLS 1.2 and older.", { aliases: ["cipherSuites"] }),
  ecdh_curves: optional(list(string()), "Allowed curves.", { aliases: ["ecdhCurves"] }),
  redirect_cleartext_from: optional(
    integer({ min: 1, max: 65535 }),
    "Port whose cleartext requests are redirected, while there is no Listener.",
    { aliases: ["redirectCleartextFrom"] },
  ),
  sni: optional(string(), "Server name that is asked for when connecting to a service."),
};
