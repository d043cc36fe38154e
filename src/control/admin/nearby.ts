/** Where a port of this process is reached from the same machine. */
import type { AdminPort } from "./server.ts";

/** The address by which this machine reaches a port. */
export function nearby({ address = "0.0.0.0", ipv6Only }: AdminPort): string {
  if (ipv6Only && address === "::") return "[::1]";
  if (/^[0:.]+$/.test(address)) return "127.0.0.1";
  return address.includes(":") ? `[${address}]` : address;
}
