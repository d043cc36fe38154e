/** Reads MessagePack, as far as Datadog's traces need it: nil, booleans, numbers, strings, binaries, lists and maps. */

/** The value that the bytes hold; integers that are too large for a number become less exact. */
export function readMessagePack(bytes: Buffer): unknown {
  let at = 0;
  const skip = (count: number): number => {
    at += count;
    return at - count;
  };
  const unsigned = (size: number): number =>
    size === 8 ? Number(bytes.readBigUInt64BE(skip(8))) : bytes.readUIntBE(skip(size), size);
  const signed = (size: number): number =>
    size === 8 ? Number(bytes.readBigInt64BE(skip(8))) : bytes.readIntBE(skip(size), size);
  const text = (length: number): string => bytes.toString("utf8", skip(length), at);
  const list = (count: number): unknown[] => Array.from({ length: count }, () => value());
  const map = (count: number): Record<string, unknown> =>
    Object.fromEntries(Array.from({ length: count }, () => [String(value()), value()]));

  function value(): unknown {
    const type = bytes.readUInt8(skip(1));
    if (type <= 0x7f) return type;
    if (type <= 0x8f) return map(type & 0x0f);
    if (type <= 0x9f) return list(type & 0x0f);
    if (type <= 0xbf) return text(type & 0x1f);
    if (type >= 0xe0) return type - 0x100;
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return type === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return text(unsigned(2 ** (type - 0xc4)));
      case 0xca:
        return bytes.readFloatBE(skip(4));
      case 0xcb:
        return bytes.readDoubleBE(skip(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return unsigned(2 ** (type - 0xcc));
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return signed(2 ** (type - 0xd0));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return text(unsigned(2 ** (type - 0xd9)));
      case 0xdc:
      case 0xdd:
        return list(unsigned(2 ** (type - 0xdb)));
      case 0xde:
      case 0xdf:
        return map(unsigned(2 ** (type - 0xdd)));
      default:
        throw new Error(`MessagePack of type 0x${type.toString(16)} is not read here`);
    }
  }
  return value();
}
