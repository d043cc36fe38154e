/**
 * Where messages are written before what is kept of them is cut out, in protobuf's own pieces: numbers, texts, lengths.
 * One buffer serves them all, because an array of bytes for each message costs more than encoding it.
 */
import type { Bytes } from "../ir/encoded.ts";

const usual = 64 * 1024;
/** A draft that has grown beyond this shrinks again. */
const most = 1024 * 1024;
const nothing = "" as Bytes;
/** Up to here a text of ASCII is copied faster than handed over. */
const shortText = 64;

/** A message that is being written. */
export class Draft {
  private content = Buffer.allocUnsafeSlow(usual);
  private at = 0;
  private last = nothing;

  /** Forgets what was written before; has room for so much. */
  begin(length = 0): void {
    this.at = 0;
    this.last = nothing;
    const { length: room } = this.content;
    if (room < length || room > most) this.content = Buffer.allocUnsafeSlow(Math.max(length, usual));
  }

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.content[this.at++] = (rest & 127) | 128;
    this.content[this.at++] = rest;
  }

  /** Text in UTF-8, and its length before it. */
  text(value: string): void {
    if (value.length <= shortText && this.shortText(value)) return;
    const length = Buffer.byteLength(value);
    this.varint(length);
    this.reserve(length);
    this.at += this.content.write(value, this.at);
  }

  /** Encoded bytes. */
  bytes(value: Bytes): void {
    this.reserve(value.length);
    this.at += this.content.write(value, this.at, "latin1");
  }

  /** The bytes of an array. */
  array(value: Uint8Array): void {
    this.reserve(value.length);
    this.content.set(value, this.at);
    this.at += value.length;
  }

  /** Begins something that its length is to be written before; `close` needs what this gives. */
  open(): number {
    this.reserve(1);
    return this.at++;
  }

  /** Ends what was begun there. */
  close(start: number): void {
    const length = this.at - start - 1;
    // Room was left for the length of most; a longer one moves what it is the length of.
    const more = varintLength(length) - 1;
    if (more > 0) {
      this.reserve(more);
      this.content.copyWithin(start + 1 + more, start + 1, this.at);
    }
    this.at = start;
    this.varint(length);
    this.at += length;
  }

  /** What was written, to keep. */
  cut(): Bytes {
    this.last = this.content.toString("latin1", 0, this.at) as Bytes;
    return this.last;
  }

  /** Whether these bytes are what was cut out last: then they still stand here. */
  holds(bytes: Bytes): boolean {
    return bytes === this.last;
  }

  /** What was written, until the next time. */
  view(): Uint8Array {
    return this.content.subarray(0, this.at);
  }

  private shortText(value: string): boolean {
    const { length } = value;
    this.reserve(length + 1);
    const { content, at } = this;
    content[at] = length;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 127) return false;
      content[at + 1 + index] = code;
    }
    this.at = at + 1 + length;
    return true;
  }

  private reserve(more: number): void {
    const needed = this.at + more;
    if (needed <= this.content.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.content.length));
    this.content.copy(larger, 0, 0, this.at);
    this.content = larger;
  }
}

/** How many bytes a varint takes. */
function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length++;
  return length;
}
