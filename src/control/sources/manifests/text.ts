/**
 * Bytes of a manifest file → text. Understands UTF-8 and UTF-16 with a byte order mark, and ends every line with `\n`.
 * Never throws: bytes that are not text are replaced by U+FFFD and reported by the flag.
 */
import { isUtf8 } from "node:buffer";

/** The text of a file, and whether some of its bytes were no text. */
export interface DecodedText {
  readonly text: string;
  readonly malformed: boolean;
}

/** Decodes the bytes of a file. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const encoding = encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes);
  return {
    text: text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text,
    malformed: encoding === "utf-8" ? !isUtf8(bytes) : text.includes("\uFFFD"),
  };
}

function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return "utf-8";
}
