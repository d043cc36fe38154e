/**
 * Every diagnostic code with its severity and a one-line explanation.
 * The reference page is generated from this table, and a code without an entry does not type-check.
 * Codes are `feature/problem`; keep them sorted by feature.
 */

import { type CodeEntry, error, notice, warning } from "./code-entry.ts";
import { compatCodes } from "./compat-codes.ts";

export type { Severity } from "./code-entry.ts";

/** The table of all codes. */
export const diagnosticCodes = {
  // annotation
  "annotation/duplicate-key": warning(
    "A field is given more than once in an annotation's document; the last one counts.",
  ),
  "annotation/invalid-document": error("A document of an annotation is not a resource; the others are used."),
  "annotation/syntax": error("An annotation is not YAML; none of the resources in it is used."),
  "annotation/too-large": error("An annotation is larger than what is read, or would be with its aliases expanded."),

  // auth-service
  "auth-service/closed": error("An AuthService cannot be asked, so nobody is let through."),
  "auth-service/http-only": warning("A field of an AuthService means something for HTTP only, and it speaks gRPC."),
  "auth-service/invalid-header": error("A header that an AuthService is to be sent is none."),
  "auth-service/invalid-path": error("The path that an AuthService wants before others is not a path."),
  "auth-service/not-yet-supported": error("A field of an AuthService has no effect yet."),
  "auth-service/protocol-version": error("An AuthService speaks a version of the gRPC protocol that is gone."),
  "auth-service/relative-path": warning("The path that an AuthService wants before others has no slash before it."),
  "auth-service/two-body-limits": warning("An AuthService has both allow_request_body and include_body."),
  "auth-service/unknown": error("A Mapping names an AuthService that there is not; its requests are denied."),
  "auth-service/unknown-status": error("The status for failures of an AuthService is none that Envoy can answer with."),
  "auth-service/unused-field": warning("A Mapping whose requests no AuthService is asked about says more of that."),

  // buffer
  "buffer/no-limit": error("Buffering is asked for without saying how large a request may be."),

  // compat
  ...compatCodes,

  // cors
  "cors/invalid-max-age": error("How long browsers may remember a preflight is not a number of seconds."),
  "cors/invalid-name": error("Something in a list of methods or headers cannot be one."),
  "cors/no-origins": warning("CORS is asked for without saying for whom, so nobody is allowed anything."),
  "cors/unusual-origin": warning("An allowed origin is written as no browser sends it."),

  // dev-portal
  "dev-portal/not-yet-supported": warning("There is no developer portal yet."),

  // envoy
  "envoy/invalid": error("What an object asks for breaks Envoy's own rules for its configuration."),
  "envoy/refused": error("Envoy refused what an object asks for; the last version that it took goes on."),

  // error-response
  "error-response/always-empty": warning("A body shows what is always empty."),
  "error-response/bypassed": warning("A Mapping has bodies for error answers, and leaves error answers alone."),
  "error-response/file": error(
    "The body of an error answer is in a file, and files are not read; its rule is left out.",
  ),
  "error-response/invalid-format": error(
    "The body of an error answer holds what is no command operator of Envoy; its rule is left out.",
  ),
  "error-response/no-rules": warning("Other bodies for error answers are asked for, without any."),
  "error-response/second-rule": warning("Two bodies are given for one status; the first counts."),

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

  // grpc-stats
  "grpc-stats/incomplete-service": error("A service whose gRPC calls are to be counted lacks its name or its methods."),
  "grpc-stats/two-selections": warning(
    "gRPC statistics ask for all methods and for some; only those some are counted.",
  ),

  // gzip
  "gzip/unknown-value": error("A level or strategy of compression does not exist."),

  // host
  "host/acme-not-obtained": notice("A Host names an authority, and nothing obtains certificates in this run."),
  "host/acme-pattern": error("A Host with a pattern as hostname is to have a certificate from an authority."),
  "host/certificate-pending": notice("A Host's certificate is still to be obtained from its authority."),
  "host/duplicate-hostname": error("Two Hosts claim the same hostname; the older one is used."),
  "host/invalid-hostname": error("A Host's hostname is not a host name pattern."),
  "host/no-http2": notice("A Host does not offer HTTP/2, because no alpn_protocols ask for it."),
  "host/no-http3": warning("A Host cannot be served over HTTP/3 with its TLS settings."),
  "host/no-listener": warning("No Listener takes a Host."),
  "host/not-in-context": warning("A Host uses a TLSContext that does not list it."),
  "host/not-in-service": warning("No port of the gateway's own Service leads to a Listener that takes a Host."),
  "host/not-yet-supported": warning("A field of a Host has no effect yet."),
  "host/other-secret": error("A Host and its TLSContext name different Secrets."),
  "host/tls-and-context": error("A Host has both tls and tlsContext."),
  "host/tls-wildcard": error("TLS cannot be served for a host name pattern of this form."),
  "host/tls-without-secret": warning("A Host has TLS settings but no certificate."),

  // ingress
  "ingress/cluster-local": notice("A rule of a Knative Ingress is for the cluster alone, and this gateway is not."),
  "ingress/duplicate-path": error("A path of an Ingress matches the same requests as an earlier one."),
  "ingress/invalid-annotation": error("An annotation that changes how an Ingress is read has an unknown value."),
  "ingress/invalid-host": error("A host of an Ingress is neither a name nor a wildcard below a name."),
  "ingress/invalid-header": error("A header that a Knative Ingress matches or sets is not one that can be."),
  "ingress/invalid-path": error("A path of an Ingress is not one that a request can have."),
  "ingress/invalid-timeout": warning("A timeout of a Knative Ingress is not a duration."),
  "ingress/knative-off": notice("Ingresses of Knative are not served unless the operator says so."),
  "ingress/no-backend": error("A path of an Ingress does not say where its requests go."),
  "ingress/not-yet-supported": warning("A field of an Ingress has no effect yet."),
  "ingress/nothing-to-serve": warning("An Ingress has neither a path nor a default backend."),
  "ingress/other-certificate": warning("Another object decides about TLS for a name of an Ingress's TLS section."),
  "ingress/resource-backend": error("A backend of an Ingress is not a Service."),
  "ingress/redirect-without-tls": warning("Requests are to be redirected to https, for which there is no certificate."),
  "ingress/tls-without-secret": warning("A TLS section of an Ingress does not name a Secret."),
  "ingress/uneven-splits": warning("The percentages of a Knative Ingress's splits do not add up to 100."),
  "ingress/unknown-class": warning("The IngressClass of an Ingress does not exist or is for another controller."),
  "ingress/unknown-path-type": error("A type of path does not exist."),
  "ingress/unknown-port": error("A backend of an Ingress names a port that its Service does not have."),
  "ingress/unknown-service": error("A backend of an Ingress names a Service that does not exist."),

  // internal
  "internal/bug": error("A step of the compiler failed on this object; its previous output is kept."),
  "internal/duplicate-key": error("Two objects produced the same internal key; the first one is used."),

  // ip-allow
  "ip-allow/empty": warning("A list of addresses that may or may not send requests is empty and has no effect."),
  "ip-allow/invalid-entry": error("An entry of ip_allow or ip_deny is not a range of addresses."),
  "ip-allow/two-lists": error("There are both ip_allow and ip_deny; ip_allow is used."),

  // kubernetes
  "kubernetes/forbidden": warning("The API server does not permit to see a kind; its objects are as last seen."),
  "kubernetes/no-address": notice("The gateway's own Service waits for the address of a load balancer."),
  "kubernetes/unreachable": warning("The API server cannot be reached; what was last seen stays in force."),

  // listener
  "listener/certificates": notice("So many certificates have chains by now that changes of Hosts have become slow."),
  "listener/conflict": error("Two objects want the same connections of a port."),
  "listener/drains": notice("A change ends connections of clients, which connect anew."),
  "listener/duplicate-port": error("Two Listeners have the same port; the older one is used."),
  "listener/invalid-host-binding": error("A Listener does not say which Hosts it serves."),
  "listener/invalid-stack": error("A Listener's protocols do not fit together."),
  "listener/last-kept": notice("The last Listener was deleted; its port stays open for a minute."),
  "listener/namespace-selector": warning("A Listener asks for namespaces by labels, which is not possible."),
  "listener/no-hosts": warning("A Listener takes no Host, so that it has nothing to serve over HTTP."),
  "listener/no-protocol": error("A Listener says neither protocol nor protocolStack."),
  "listener/no-proxy-over-udp": warning("A Listener asks for the PROXY protocol over UDP, which there is not."),
  "listener/not-in-service": warning("No port of the gateway's own Service leads to a Listener's port."),
  "listener/not-yet-supported": warning("A field of a Listener has no effect yet."),
  "listener/nothing-to-serve": warning("Nothing is served on a Listener's port, so it is not opened."),
  "listener/port-not-permitted": error("A port may not be bound by this process."),
  "listener/route-tables": notice("There are so many routes by now that another layout would make edits faster."),
  "listener/two-protocols": warning("A Listener has both protocol and protocolStack; protocolStack is used."),
  "listener/two-transports": warning("A Listener's protocolStack has both TCP and UDP; the last one counts."),

  // log-service
  "log-service/flush-interval": warning("A LogService is to be sent entries after no time at all; it is one second."),
  "log-service/not-grpc": error("A LogService does not say that it speaks gRPC; it is not told about anything."),
  "log-service/not-yet-supported": error("A field of a LogService has no effect yet."),
  "log-service/protocol-version": error("A LogService speaks a version of the protocol that is gone."),
  "log-service/tcp-headers": warning("A LogService that is told about connections asks for headers."),

  // lua
  "lua/route-change": notice("A script may change a request after its route was found in the layout of route tables."),
  "lua/syntax": error("A script is not Lua; it does not run."),
  "lua/uncalled": warning("A script defines neither of the functions that are called for requests and answers."),

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
  "mapping/authority-header": warning("A Mapping matches :authority beside its host name, which wins."),
  "mapping/conflict": error("A Mapping matches the same requests as another, which it cannot share them with."),
  "mapping/core-setting": error("Mappings for the same requests disagree where they must agree."),
  "mapping/invalid-dns-type": warning("A Mapping's dns_type is neither strict_dns nor logical_dns."),
  "mapping/covered": notice("What is left of a bad Mapping takes no requests, because another matches them too."),
  "mapping/invalid-host": error("A Mapping's host is not a host name pattern."),
  "mapping/invalid-priority": warning("A Mapping's priority is neither default nor high."),
  "mapping/invalid-regex": error("A regular expression cannot be used."),
  "mapping/invalid-value": error("A field of a Mapping holds what no request or answer can carry."),
  "mapping/label-group": error("A group of labels has no name, or several."),
  "mapping/lone-weight": notice("A Mapping has a weight but shares its requests with no other."),
  "mapping/linkerd-header-set": notice("The header for Linkerd is not added, because the user sets it."),
  "mapping/lone-shadow": warning("A shadow has no Mapping whose requests it could get copies of."),
  "mapping/no-host": warning("No Host serves the names that a Mapping or Ingress is for."),
  "mapping/not-yet-supported": warning("A field of a Mapping has no effect yet."),
  "mapping/redirect-conflict": error("A Mapping has several kinds of redirect paths."),
  "mapping/redirect-without-host": warning("A redirect field has no effect without host_redirect."),
  "mapping/shared-policy": warning(
    "Two Mappings for the same requests ask for different things where one must hold for both.",
  ),
  "mapping/retry-without-statuses": warning("Retrying by status codes has no list of them."),
  "mapping/second-shadow": error("There are several shadows for the same requests; the first one gets the copies."),
  "mapping/shadow-field": warning("A field of a shadow has no effect, because a copy is sent as the request was."),
  "mapping/shadow-redirect": error("A Mapping is a shadow and a redirect at once; it is a shadow."),
  "mapping/two-rewrites": warning("A Mapping has both rewrite and regex_rewrite."),
  "mapping/weights-over-100": error("The weights of Mappings for the same requests add up to more than 100."),
  "mapping/weights-under-100": notice("The weights of Mappings for the same requests leave some of them to nobody."),

  // memory
  "memory/full": error("There is no memory left for new objects; those that are served stay."),

  // module
  "module/deprecated-tls": notice("TLS settings in a Module are deprecated; Hosts and TLSContexts hold them."),
  "module/header-case": warning("Header names cannot be spelled as a list says."),
  "module/invalid-value": error("A setting of the Module holds what no request, answer or log can carry."),
  "module/not-yet-supported": warning("A setting of a Module has no effect yet."),
  "module/probe-off": warning("A probe or the diagnostics have settings, but not the one that switches them on."),
  "module/probe-without-service": warning("A probe or the diagnostics are asked for, but nothing could answer."),
  "module/second-module": warning("There is more than one Module ambassador."),
  "module/service-hidden": warning(
    "A Module describes a service for which there is an object of its own, which counts.",
  ),
  "module/tls-ends-nothing": warning("The TLS settings of a Module do not end any client's TLS."),
  "module/tls-hidden": warning("A block of a Module's TLS settings has the name of a TLSContext, which is used."),
  "module/unknown-module": warning("A Module has a name that means nothing."),

  // object
  "object/ignored-field": notice("A field never had an effect, or no longer has one."),
  "object/ignored-kind": notice("A kind of 0.x that never had an effect."),
  "object/invalid-field": error("A field is missing, has a wrong type or a value that is not allowed."),
  "object/last-good": notice("The last good version of a bad object is still used."),
  "object/literal-variable": warning("A $NAME stays as it is, although there is an environment variable of that name."),
  "object/match-kept": notice("A bad object's requests answer 503, so that they reach nothing else."),
  "object/more-problems": notice("An object has so many problems that not all of them are shown."),
  "object/out-of-scope": notice("The operator lets this instance look at some objects only, and this is none of them."),
  "object/unknown-field": warning("A field is not known and has no effect."),
  "object/unknown-kind": error("The API group has no such kind; the object has no effect."),
  "object/unsupported-version": error("The kind exists, but not in this API version."),

  // rate-limit
  "rate-limit/not-yet-supported": error("A RateLimit has no effect yet: traffic is not limited by it."),

  // rate-limit-service
  "rate-limit-service/none": notice("A Mapping has labels, but there is no RateLimitService to send them to."),
  "rate-limit-service/not-yet-supported": error("A field of a RateLimitService has no effect yet."),
  "rate-limit-service/other-domain": notice("Labels of a Mapping are of another domain than the RateLimitService's."),
  "rate-limit-service/protocol-version": error("A RateLimitService speaks a version of the protocol that is gone."),
  "rate-limit-service/second": warning("There are several RateLimitServices, and one is asked."),

  // resolver
  "resolver/dotted-name": error("A service with a dot in its name is to be found in Consul, which has none."),
  "resolver/invalid-address": error("A ConsulResolver's address cannot be one."),
  "resolver/last-answer": warning("Consul does not answer; the endpoints of its last answer are used."),
  "resolver/no-answer": error("Consul does not answer, and never has."),
  "resolver/no-datacenter": error("A ConsulResolver does not name a datacenter."),
  "resolver/no-instances": warning("Consul knows no passing instance of a service."),
  "resolver/not-asked": notice("Consul has not been asked for a service, or has not answered yet."),
  "resolver/not-yet-supported": warning("A field of a resolver has no effect yet."),
  "resolver/port-ignored": notice("The port of a service has no effect, because Consul says it."),
  "resolver/unusable-instance": warning("Instances in Consul have no address or port that could be used."),

  // secret
  "secret/invalid-base64": error("A value of a Secret is not base64."),
  "secret/invalid-certificate": error("A Secret holds a certificate that cannot be read."),
  "secret/invalid-key": error("A Secret holds a private key that cannot be read."),
  "secret/key-mismatch": error("A Secret's private key does not belong to its certificate."),
  "secret/mesh-instead": notice("Files of a mesh take the place of a Secret."),
  "secret/no-revocation-list": error("A Secret holds no list of revoked certificates."),

  // service
  "service/balancing-disabled": error("Endpoints are not used, so that a Mapping cannot say how they are chosen."),
  "service/balancing-without-endpoints": error("A Mapping says how endpoints are chosen, but its resolver finds none."),
  "service/health-checks-without-endpoints": warning("Health is to be checked of a service without known endpoints."),
  "service/health-checks-many": warning(
    "There are several health checks of a service, and the Envoy that runs makes one.",
  ),
  "service/http-with-tls": warning("A service says http:// but TLS is asked for."),
  "service/ignored-part": warning("A part of a service's address has no effect."),
  "service/impossible-keepalive": warning("A value of TCP keep-alive is not one that connections can have."),
  "service/invalid": error("A service's address cannot be read."),
  "service/limits-twice": warning("Several limits of a service are for the same priority; the first ones count."),
  "service/no-address-family": warning("Both IPv4 and IPv6 are switched off for a service."),
  "service/no-such-port": error("A Service has no such port."),
  "service/unknown": warning("There is no Service of this name; DNS is asked."),
  "service/unknown-resolver": error("A resolver does not exist or cannot be used."),
  "service/unknown-scheme": warning("A service's scheme is neither http nor https."),

  // tcp-mapping
  "tcp-mapping/core-setting": error("TCPMappings for the same connections ask for different settings of them."),
  "tcp-mapping/invalid-address": error("A TCPMapping's address is not an IP address."),
  "tcp-mapping/invalid-host": error("A TCPMapping's host is not a server name."),
  "tcp-mapping/invalid-idle-timeout": warning("A TCPMapping's idle timeout is not a number."),
  "tcp-mapping/no-certificate": error("A TCPMapping has a host, but nothing has a certificate for it."),
  "tcp-mapping/no-share": error("The weights of all TCPMappings for the same connections are 0."),
  "tcp-mapping/not-yet-supported": warning("A field of a TCPMapping has no effect yet."),
  "tcp-mapping/weights-over-100": error("The weights of TCPMappings for the same connections add up to more than 100."),

  // tls
  "tls/broken-context": error("A TLSContext that is referred to cannot be used."),
  "tls/half-certificate": error("A certificate's file is named without that of its private key, or the reverse."),
  "tls/two-authorities": error("Both a Secret and a file are named for the authority of certificates."),
  "tls/two-certificates": error("Both a Secret and files are named for a certificate."),
  "tls/unchecked-clients": error("Client certificates are asked for but there is nothing to check them against."),
  "tls/unknown-context": error("There is no TLSContext of this name."),
  "tls/unknown-name": error("A cipher suite, a curve, a protocol or a server name is not one that can be used."),
  "tls/unusable-file": error("A file may not be read, is missing or does not hold what is needed of it."),
  "tls/unusable-secret": error("A Secret is missing or does not hold what is needed of it."),

  // tls-context
  "tls-context/hosts-ignored": warning(
    "The hosts of a TLSContext are not served, because there are Listeners but no Hosts.",
  ),
  "tls-context/invalid-host": error("A TLSContext lists what is not a host name pattern."),
  "tls-context/invalid-version": error("A TLS version is not one that exists."),
  "tls-context/not-yet-supported": warning("A field of a TLSContext has no effect yet."),

  // tracing-service
  "tracing-service/invalid-tag": error("A tag of a TracingService is none that Envoy can set."),
  "tracing-service/invalid-text": error("A TracingService's collector has a path or host name that cannot be sent."),
  "tracing-service/lightstep": error("A TracingService asks for the driver lightstep, which is gone."),
  "tracing-service/not-yet-supported": error("A field of a TracingService has no effect yet."),
  "tracing-service/second": warning("There are several TracingServices, and one is told."),
  "tracing-service/tag-headers": warning("tag_headers of a TracingService has no effect where custom_tags counts."),
  "tracing-service/unused-field": warning("A field of a TracingService means nothing to its driver."),
  "tracing-service/zipkin-v1": error("A TracingService wants version 1 of Zipkin's format, which is gone."),
} as const satisfies Readonly<Record<string, CodeEntry>>;

/** The name of a kind of problem. */
export type DiagnosticCode = keyof typeof diagnosticCodes;
