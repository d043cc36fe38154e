/**
 * The codes of deviations: what behaves differently here than in an Ambassador that a configuration may come from.
 * Which generation each of them concerns stands in deviations.ts.
 */
import { type CodeEntry, notice } from "./code-entry.ts";

/** The table of the codes `compat/…`. */
export const compatCodes = {
  "compat/context-settings": notice(
    "A TLSContext without a certificate counts for connections to services; the old system passed over it.",
  ),
  "compat/cors-origins": notice(
    "Origins that are one text in the Module are separated at commas; the old system took each letter for one.",
  ),
  "compat/dotted-names": notice(
    "Mappings that share requests have names that are alike up to a dot; the old system lost one of them.",
  ),
  "compat/error-responses": notice(
    "Error answers get other bodies; 4.x gave none, and left Mappings out that asked for them.",
  ),
  "compat/false-is-off": notice("A setting is false, which switches it off; the old system looked at presence alone."),
  "compat/forwarded-proto": notice(
    "A Mapping for requests that came as http gets those alone; the old system gave it those of https, too.",
  ),
  "compat/host-files": notice("A Host serves TLS with a certificate in files; the old system asked for a tlsSecret."),
  "compat/host-policies": notice(
    "Hosts have different policies for insecure requests, and keep them; in 1.x one Host's was for all.",
  ),
  "compat/http3-port": notice(
    "Clients are told of HTTP/3 on another port than 443, which the old system always named.",
  ),
  "compat/idle-time": notice("The idle_time of TCP keep-alive counts; the old system read another field."),
  "compat/ingress-paths": notice(
    "Paths of an Ingress are sent on as they are, and Prefix counts whole segments; the old system did neither.",
  ),
  "compat/ip-allow-nobody": notice("No entry of ip_allow can be used, so nobody is let in; the old system let all in."),
  "compat/knative-tls": notice("A Knative Ingress asks for TLS; the old system passed over that."),
  "compat/label-key": notice("The key of a generic label counts; the old system lost it when it stored a Mapping."),
  "compat/listeners-in-force": notice("There is a Listener, so settings that opened ports in 1.x have no effect."),
  "compat/one-auth-service": notice(
    "Of several AuthServices the first is asked, or the one that a Mapping names; the old system asked all in turn.",
  ),
  "compat/outlier-detection": notice("A Mapping with outlier_detection is served; the old system dropped it."),
  "compat/own-cluster": notice(
    "Two Mappings speak to one service in different ways; the old system took the first one's for both.",
  ),
  "compat/own-namespace": notice(
    "Of TLSContexts, resolvers or Modules with one name, the nearest counts; the old system took the first of all.",
  ),
  "compat/path-kinds": notice(
    "Mappings with one text as prefix, exact path or expression each count; the old system refused all but the first.",
  ),
  "compat/proxy-first": notice("A PROXY header is read before TLS; the old system looked for TLS first."),
  "compat/redirect-conditions": notice(
    "Query parameters and response headers of a redirect count; the old system passed over them.",
  ),
  "compat/tcp-settings": notice("A setting of a TCPMapping counts; the old system passed over it."),
  "compat/tcp-weights": notice(
    "TCPMappings share connections by their weights; the old system added to each weight those before it.",
  ),
  "compat/usual-authority": notice(
    "Client certificates are checked with Secret ambassador-cacert, which the old system took for the server's own.",
  ),
} as const satisfies Readonly<Record<string, CodeEntry>>;
