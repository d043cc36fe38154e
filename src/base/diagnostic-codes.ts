/**
 * Every diagnostic code with its severity and a one-line explanation.
 * The reference page is generated from this table, and a code without an entry does not type-check.
 * Codes are `feature/problem`; keep them sorted by feature.
 */

/** error: something asked for is not done. warning: done, but probably not what was meant. notice: worth knowing. */
export type Severity = "error" | "warning" | "notice";

interface CodeEntry {
  readonly severity: Severity;
  readonly explain: string;
}

function error(explain: string): CodeEntry {
  return { severity: "error", explain };
}

function warning(explain: string): CodeEntry {
  return { severity: "warning", explain };
}

function notice(explain: string): CodeEntry {
  return { severity: "notice", explain };
}

/** The table of all codes. */
export const diagnosticCodes = {
  // auth-service
  "auth-service/not-yet-supported": error("An AuthService, or a field of it, has no effect yet: traffic is not checked."),

  // dev-portal
  "dev-portal/not-yet-supported": warning("There is no developer portal yet."),

  // files
  "files/not-found": error("A path that was given to read does not exist; it is read as soon as it does."),
  "files/not-watched": warning("The operating system does not report changes of a directory; they are noticed late."),
  "files/outside": warning(
    "A symbolic link leads somewhere that is not read, such as out of the directory that was given.",
  ),
  "files/too-large": error("A file, or all files together, are larger than what is read; what was last read stays."),
  "files/unreadable": error("A file or directory could not be read; what was last read from it stays."),

  // filter
  "filter/not-yet-supported": error("A Filter has no effect yet: traffic is not checked by it."),

  // filter-policy
  "filter-policy/not-yet-supported": error("A FilterPolicy has no effect yet: traffic is not checked by it."),

  // host
  "host/acme-not-yet-supported": notice("Certificates are not obtained from an ACME authority yet."),
  "host/not-yet-supported": warning("A field of a Host has no effect yet."),

  // ingress
  "ingress/not-yet-supported": warning("Ingress objects have no effect yet."),

  // internal
  "internal/bug": error("A step of the compiler failed on this object; its previous output is kept."),
  "internal/duplicate-key": error("Two objects produced the same internal key; the first one is used."),

  // listener
  "listener/invalid-host-binding": error("A Listener does not say which Hosts it serves."),
  "listener/invalid-stack": error("A Listener's protocols do not fit together."),
  "listener/namespace-selector": warning("A Listener asks for namespaces by labels, which is not possible."),
  "listener/no-protocol": error("A Listener says neither protocol nor protocolStack."),
  "listener/not-yet-supported": warning("A field of a Listener has no effect yet."),
  "listener/two-protocols": warning("A Listener has both protocol and protocolStack; protocolStack is used."),

  // log-service
  "log-service/not-yet-supported": warning("LogServices have no effect yet."),

  // manifest
  "manifest/bad-metadata": warning("A label, an annotation or the creation time is not of the form it must have."),
  "manifest/bad-name": error("The name or the namespace of an object is not a possible one."),
  "manifest/bad-number": error("A number cannot be read exactly."),
  "manifest/duplicate": error("The same object is defined in several places; only one of them can count."),
  "manifest/duplicate-key": warning("A field is given more than once in the same object; the last one counts."),
  "manifest/more": notice("A file has so many problems that not all of them are shown."),
  "manifest/no-kind": error("A document does not say what it is: apiVersion or kind is missing or malformed."),
  "manifest/no-name": error("An object has no name."),
  "manifest/not-an-object": error("A document is not an object with fields."),
  "manifest/not-utf8": error("A document holds bytes that are not text."),
  "manifest/syntax": error("A document is neither YAML nor JSON."),
  "manifest/too-deep": error("A document is nested too deeply."),
  "manifest/too-large": error("An object is larger than what any cluster would take."),
  "manifest/too-many": error("There are more objects than are read."),

  // mapping
  "mapping/not-yet-supported": warning("A field of a Mapping has no effect yet."),

  // module
  "module/not-yet-supported": warning("A setting of a Module has no effect yet."),
  "module/unknown-module": warning("A Module has a name that means nothing."),

  // object
  "object/ignored-field": notice("A field never had an effect, or no longer has one."),
  "object/invalid-field": error("A field is missing, has a wrong type or a value that is not allowed."),
  "object/unknown-field": warning("A field is not known and has no effect."),
  "object/unsupported-version": error("The kind exists, but not in this API version."),

  // rate-limit
  "rate-limit/not-yet-supported": error("A RateLimit has no effect yet: traffic is not limited by it."),

  // rate-limit-service
  "rate-limit-service/not-yet-supported": error("RateLimitServices have no effect yet: traffic is not limited."),

  // resolver
  "resolver/not-yet-supported": warning("This kind of resolver finds no endpoints yet."),

  // secret
  "secret/invalid-base64": error("A value of a Secret is not base64."),
  "secret/invalid-certificate": error("A Secret holds a certificate that cannot be read."),
  "secret/invalid-key": error("A Secret holds a private key that cannot be read."),
  "secret/key-mismatch": error("A Secret's private key does not belong to its certificate."),

  // tcp-mapping
  "tcp-mapping/not-yet-supported": warning("A field of a TCPMapping has no effect yet."),

  // tls-context
  "tls-context/not-yet-supported": warning("A field of a TLSContext has no effect yet."),

  // tracing-service
  "tracing-service/not-yet-supported": warning("TracingServices have no effect yet."),
} as const satisfies Readonly<Record<string, CodeEntry>>;

/** The name of a kind of problem. */
export type DiagnosticCode = keyof typeof diagnosticCodes;
