/** LINK: the port that redirects to https name, where the instance's own https listener decides it. */
import type { ListenerDecl } from "../ir/listener.ts";

const usual: readonly number[] = [443, 8443];

/**
 * The port that https really has, `ports` being where listener ports were put. Absent where there is none, and where
 * a redirect is right without naming one: 443 for clients that came to port 80, which Envoy leaves out by itself.
 */
export function ownHttpsPort(
  listeners: readonly ListenerDecl[],
  ports: Readonly<Record<string, number>>,
): number | undefined {
  const real = (listener: ListenerDecl): number => ports[String(listener.port)] ?? listener.port;
  const http = listeners.filter((listener) => listener.http && !listener.quic);
  const https = http.filter((listener) => listener.tls).sort((a, b) => a.port - b.port);
  const chosen = https.find((listener) => usual.includes(listener.port)) ?? https[0];
  const port = chosen && real(chosen);
  if (port !== 443) return port;
  return http.every((listener) => listener.tls || real(listener) === 80) ? undefined : port;
}
