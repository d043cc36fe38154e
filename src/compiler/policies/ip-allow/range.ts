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

/** Whether an address is in a range; an IPv4 address is never in a range of IPv6. */
export function isInRange(address: string, range: AddressRange): boolean {
  const [bits, wanted] = [bitsOf(address), bitsOf(range.address)];
  return bits.length === wanted.length && bits.startsWith(wanted.slice(0, range.bits));
}

function bitsOf(address: string): string {
  const binary = (value: number, length: number): string => value.toString(2).padStart(length, "0");
  if (!address.includes(":")) {
    return address
      .split(".")
      .map((octet) => binary(Number(octet), 8))
      .join("");
  }
  // In its canonical form it has no dots, and at most one gap.
  const { hostname } = new URL(`http://[${address}]/`);
  const [before = "", after] = hostname.slice(1, -1).split("::");
  const groups = (text: string): readonly string[] => (text === "" ? [] : text.split(":"));
  const [head, tail] = [groups(before), groups(after ?? "")];
  const gap = after === undefined ? 0 : 8 - head.length - tail.length;
  const all = [...head, ...Array.from({ length: gap }, () => "0"), ...tail];
  return all.map((group) => binary(Number.parseInt(group, 16), 16)).join("");
}
