/**
 * Text that may be shown on a terminal or in a log, whatever it was before: bounded, on one line, without control
 * characters, without characters that reorder what surrounds them.
 */

/** The text, escaped and cut. */
export function printable(text: string, maxLength = 1000): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength)}… (${text.length} characters)` : text;
  return short.replace(unprintable, escapeCharacter);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to keep away from terminals.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function escapeCharacter(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
