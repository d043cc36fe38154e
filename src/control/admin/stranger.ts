/**
 * Who asks the admin interface. What a request says of itself is only ever held against it: an address of this machine
 * is needed, and any trace of a proxy or of another name is enough to count as a stranger.
 */
import type { IncomingMessage } from "node:http";

/** Who is not this machine: somebody whose request came through a proxy such as Envoy, or from another machine. */
export type Stranger = "through-envoy" | "from-elsewhere";

const local = /^(::ffff:)?127\.|^::1$/;
const localName = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const traces = /^(?:x-envoy-|x-forwarded-|x-request-id$|x-real-ip$|forwarded$|via$)/;

/**
 * A web page can make a browser call this port under a name of its own choice, but not under the local ones. What comes
 * through the probe routes has another name, too, which Envoy puts there; and Envoy adds headers to whatever it passes
 * on, which gives away a route that somebody made to this port.
 */
export function strangerOf({ headers, socket }: Pick<IncomingMessage, "headers" | "socket">): Stranger | undefined {
  // A unix socket has no address, and is open to its owner only.
  if (socket.remoteAddress === undefined) return undefined;
  if (!local.test(socket.remoteAddress)) return "from-elsewhere";
  const isDirect = localName.test(headers.host ?? "") && !Object.keys(headers).some((name) => traces.test(name));
  return isDirect ? undefined : "through-envoy";
}
