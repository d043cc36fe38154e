/**
 * The few DER encodings that an X.509 certificate is made of.
 */

/** A tag, a length and content; a list of contents is concatenated. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...derLength(body.length)]), body]);
}

function derLength(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** SEQUENCE. */
export const sequence = (...content: readonly Uint8Array[]): Buffer => der(0x30, ...content);

/** SET. */
export const set = (...content: readonly Uint8Array[]): Buffer => der(0x31, ...content);

/** A non-negative INTEGER given as big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Buffer.of(0) : Buffer.from(bytes.subarray(start));
  return der(0x02, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

/** OBJECT IDENTIFIER, from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(128 | (rest % 128));
  return bytes;
}

/** BOOLEAN TRUE. */
export const yes: Buffer = der(0x01, Buffer.of(0xff));

/** OCTET STRING. */
export const octets = (content: Uint8Array): Buffer => der(0x04, content);

/** BIT STRING without unused bits. */
export const bits = (content: Uint8Array): Buffer => der(0x03, Buffer.of(0), content);

/** UTF8String. */
export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text, "utf8"));

/** A constructed context-specific tag, `[n] EXPLICIT`. */
export const explicit = (n: number, ...content: readonly Uint8Array[]): Buffer => der(0xa0 + n, ...content);

/** GeneralizedTime, or UTCTime before 2050 as X.509 demands. */
export function time(at: Date): Buffer {
  const digits = `${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
  return at.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}
