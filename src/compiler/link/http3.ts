/**
 * LINK of HTTP/3: which hosts it can be served for, and where HTTPS listeners say that it is to be had. A UDP listener
 * shares the site, the tables and the secrets of TCP listeners; only its chains are its own.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { formatRef } from "#base/origin.ts";
import type { Collection, Derived, Reads } from "../graph/graph.ts";
import type { HostDecl, HostTls } from "../ir/host.ts";
import type { ListenerDecl } from "../ir/listener.ts";
import type { SecretUse } from "../ir/secret.ts";
import type { Settings } from "../settings.ts";
import { socketKey } from "./listeners.ts";

/** Tells whether QUIC can be spoken with a certificate's key. */
export type SpeaksQuic = (certificate: SecretUse, reads: Reads) => boolean;

/** Why HTTP/3 cannot be served with a Host's TLS settings; absent: it can. */
export function unfitForHttp3(tls: HostTls, speaksQuic: SpeaksQuic, reads: Reads): string | undefined {
  const { maxVersion, validation } = tls.policy;
  if (validation) return "its clients are asked for certificates";
  if (maxVersion !== undefined && maxVersion !== "v1.3") return `TLS ${maxVersion} is the newest that it allows`;
  return speaksQuic(tls.certificate, reads) ? undefined : "its certificate has a key other than RSA or ECDSA";
}

/**
 * A Host's TLS for QUIC. The certificate is a secret of its own: one that comes to have a key that QUIC does not take
 * would otherwise be refused for TCP, too, by the listener that is about to give it up.
 */
export function quicTls(tls: HostTls): HostTls {
  const { certificate } = tls;
  return { ...tls, certificate: { ...certificate, name: `${certificate.name}/quic` } };
}

/** Says that a Host is not served over HTTP/3. */
export function withoutHttp3(host: HostDecl, listener: ListenerDecl, because: string): Diagnostic {
  const message = `HTTP/3 is not served for ${host.glob}: ${because}, which Envoy does not do over QUIC`;
  return diagnose("host/no-http3", host.origin, message, {
    traffic: `QUIC connections for it to port ${listener.port} are refused; HTTPS over TCP is served as ever`,
    related: [{ at: listener.origin, message: `${formatRef(listener.origin.ref)} offers HTTP/3` }],
  });
}

/** What an HTTPS listener is told about the UDP listener on its port. */
export interface Http3Lookup {
  readonly declared: Collection<ListenerDecl>;
  readonly settings: Collection<Settings>;
}

/** A TCP listener beside a UDP one of the same address and port tells its clients of HTTP/3. */
export function advertiseHttp3({
  declared,
  settings,
}: Http3Lookup): (listener: ListenerDecl, reads: Reads, key: string) => Derived<ListenerDecl> {
  return (listener, reads, key) => {
    const { address, http, port, quic, tls } = listener;
    const companion = http && tls && !quic ? reads.get(declared, socketKey({ address, port, quic: true })) : undefined;
    if (!http || !companion) return { out: [[key, listener]] };
    const http3Port = clientPort(port, reads.get(settings, ""));
    return {
      out: [[key, { ...listener, http: { ...http, http3Port } }]],
      diagnostics: http3Port === usualPort ? [] : [otherPort(companion, http3Port)],
    };
  };
}

/** Behind a load balancer clients come to 443, whatever the listener's port is. */
const usualPort = 443;

/** The port as clients see it, by the rule for redirects to https. */
function clientPort(port: number, { httpsPort, ports = {} }: Partial<Settings> = {}): number {
  if (httpsPort === "own") return ports[String(port)] ?? port;
  return httpsPort ?? usualPort;
}

function otherPort(listener: ListenerDecl, port: number): Diagnostic {
  const message = `clients are told that HTTP/3 is on port ${port}; the old system always said 443`;
  return diagnose("compat/http3-port", listener.origin, message, {
    traffic: `clients that have come by HTTPS try UDP port ${port}`,
    hint: "name the port that clients come to with --https-port",
  });
}
