/**
 * Connects as a request asks: TCP, then a PROXY protocol header, then TLS with the server name, protocols and client
 * certificate given. The server's certificate is reported, not judged.
 */
import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { Seen } from "./exchange.ts";
import type { Material } from "./material.ts";
import type { RequestSpec } from "./request-spec.ts";
import type { Target } from "./target.ts";

/** A connection that is ready to be used, and what its TLS showed. */
export interface Dial {
  readonly socket: Socket;
  readonly seen: Pick<Seen, "certificate" | "tls">;
}

/** Connects; rejects with the system's or TLS's own error. */
export async function connect(
  spec: RequestSpec,
  target: Target,
  address: { readonly host: string; readonly port: number },
  material: Material,
): Promise<Dial> {
  const tcp = createConnection({ host: address.host, port: address.port, allowHalfOpen: true });
  await once(tcp, "connect");
  if (spec.proxyProtocol) tcp.write(proxyHeader(spec.proxyProtocol, address.port));
  if (target.scheme === "http" || target.scheme === "tcp") return { socket: tcp, seen: {} };
  const tls = connectTls({ socket: tcp, rejectUnauthorized: false, ...tlsOptions(spec, target, material) });
  try {
    await once(tls, "secureConnect");
  } catch (error) {
    tcp.destroy();
    throw error;
  }
  const certificate = tls.getPeerX509Certificate();
  const dnsNames = (certificate?.subjectAltName ?? "")
    .split(", ")
    .filter(Boolean)
    .map((name) => name.replace(/^DNS:/, ""));
  const seen = { certificate: { dnsNames }, tls: { version: tls.getProtocol() ?? "", alpn: tls.alpnProtocol || null } };
  return { socket: tls, seen };
}

function tlsOptions(spec: RequestSpec, target: Target, material: Material): ConnectionOptions {
  const sni = spec.sni ?? target.hostname;
  const identity = spec.clientCertificate === undefined ? undefined : material.certificate(spec.clientCertificate);
  const alpn = spec.alpn ?? (spec.http === "2" ? ["h2"] : undefined);
  return {
    ...(sni === "" ? {} : { servername: sni }),
    ...(alpn ? { ALPNProtocols: [...alpn] } : {}),
    ...(identity ? { cert: identity.certificate, key: identity.key } : {}),
    ...(spec.tlsVersion ? { minVersion: spec.tlsVersion, maxVersion: spec.tlsVersion } : {}),
    // Versions before 1.2 need weaker signatures than OpenSSL allows by default.
    ...(spec.tlsVersion === "TLSv1" || spec.tlsVersion === "TLSv1.1" ? { ciphers: "DEFAULT@SECLEVEL=0" } : {}),
  };
}

const signature = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);

function proxyHeader(proxy: { readonly version: 1 | 2; readonly source: string }, port: number): Buffer {
  const [host = "", sourcePort = ""] = proxy.source.split(":");
  if (proxy.version === 1) return Buffer.from(`PROXY TCP4 ${host} 127.0.0.1 ${sourcePort} ${port}\r\n`);
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(Number(sourcePort), 0);
  ports.writeUInt16BE(port, 2);
  return Buffer.concat([
    signature,
    Buffer.of(0x21, 0x11, 0, 12),
    Buffer.from(host.split(".").map(Number)),
    Buffer.of(127, 0, 0, 1),
    ports,
  ]);
}
