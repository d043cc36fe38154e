/** Address ranges as users write them: `10.0.0.0/8`, `2001:db8::/32`, or one address. */
import { isIp } from "#base/ip.ts";

/** A range of addresses. */
export interface AddressRange {
  readonly address: string;
  readonly bits: number;
}

/** The range that a text means; a lone address is a range of one. */
export function parseRange(text: string): AddressRange | undefined {
  const [, address = "", length] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  if (!isIp(address)) return undefined;
  const most = address.includes(":") ? 128 : 32;
  const bits = length === undefined ? most : Number(length);
  return bits <= most ? { address, bits } : undefined;
}
