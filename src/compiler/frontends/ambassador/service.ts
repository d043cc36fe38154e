/**
 * LOWER: the service strings of Ambassador resources, `[scheme://]host[.namespace][:port]` (resources.md 11.1).
 */

/** A service string, taken apart. */
export interface ServiceAddress {
  /** What was written before `://`, lower case. */
  readonly scheme?: string;
  /** Lower case, without brackets. */
  readonly host: string;
  readonly port?: number;
  /** What stood behind host and port, which means nothing. */
  readonly ignored?: string;
}

const shape = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^@/]*@)?(\[[0-9a-f:.]+\]|[^:/?#[\]]*)(?::(\d*))?([/?#].*)?$/i;

/** Takes a service string apart; a text says why it cannot be. */
export function parseService(text: string): ServiceAddress | string {
  const [, scheme, host = "", port, ignored] = shape.exec(text.trim()) ?? [];
  if (host === "") return `"${text}" does not name a host`;
  const number = port ? Number(port) : 0;
  if (number > 65535) return `port ${port} is not between 1 and 65535`;
  return {
    host: host.toLowerCase().replace(/^\[|\]$/g, ""),
    ...(scheme === undefined ? {} : { scheme: scheme.toLowerCase() }),
    ...(number === 0 ? {} : { port: number }),
    ...(ignored === undefined || ignored === "/" ? {} : { ignored }),
  };
}

/** The Service that a host name may stand for: `cart` in the object's namespace, `cart.shop`, `cart.shop.svc…`. */
export function serviceNamed(
  host: string,
  namespace: string,
): { readonly namespace: string; readonly name: string } | undefined {
  if (host === "localhost" || host.includes(":") || /^[\d.]+$/.test(host)) return undefined;
  const [name, given, ...rest] = host.split(".");
  if (!name) return undefined;
  if (given === undefined) return { name, namespace };
  if (given === "" || (rest.length > 0 && rest[0] !== "svc")) return undefined;
  return { name, namespace: given };
}

/** Whether a host name can only be meant for a Service of the cluster. */
export function looksLikeService(host: string): boolean {
  const labels = host.split(".");
  return labels.length === 1 || labels[2] === "svc";
}
