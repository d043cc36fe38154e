/** The address of a Consul agent as ConsulResolvers write it: `[http[s]://]host[:port][/path]`. */
import { isIp } from "#base/ip.ts";

const localAgent = "127.0.0.1:8500";
const shape = /^(?:(https?):\/\/)?(\[[0-9a-f:.]+\]|[\w.-]{1,253})(?::(\d{1,5}))?((?:\/[\w.~-]+)*)\/?$/i;

/** The address as a URL without a slash at its end, the local agent's where none is given; nothing if it cannot be. */
export function consulAgent(address: string | undefined): string | undefined {
  const [, scheme = "http", host, port, path = ""] = shape.exec(address?.trim() || localAgent) ?? [];
  if (host === undefined || (host.startsWith("[") && !isIp(host.slice(1, -1)))) return undefined;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  return `${scheme}://${host}`.toLowerCase() + (port === undefined ? "" : `:${Number(port)}`) + path;
}
