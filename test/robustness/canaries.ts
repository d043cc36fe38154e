/**
 * Markers that stand for secrets, and the search for them: as they are, and in base64 at each of its three alignments,
 * as they would look within a longer text.
 */

/** Makes markers and finds them again. */
export interface Canaries {
  /** A new marker. Short and wordy enough that nothing takes it for a secret by its looks. */
  mark(): string;
  /** Takes a text that is secret as it is, such as a line of a private key. */
  watch(text: string): string;
  /** The markers that occur in a text, in any form. */
  foundIn(text: string): readonly string[];
}

/** Starts with none. */
export function openCanaries(): Canaries {
  const forms = new Map<string, readonly string[]>();
  const watch = (text: string): string => {
    forms.set(text, formsOf(text));
    return text;
  };
  return {
    watch,
    mark: () => watch(`canary${forms.size}flies${forms.size}far`),
    foundIn: (text) =>
      [...forms].filter(([, all]) => all.some((form) => text.includes(form))).map(([marker]) => marker),
  };
}

function formsOf(text: string): readonly string[] {
  const encoded = [0, 1, 2].flatMap((offset) => [
    base64At(text, offset, "base64"),
    base64At(text, offset, "base64url"),
  ]);
  return [...new Set([text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text), ...encoded])];
}

/** Only the characters that do not depend on what stands around. */
function base64At(text: string, offset: number, encoding: "base64" | "base64url"): string {
  const whole = Buffer.from("x".repeat(offset) + text).toString(encoding);
  const from = Math.ceil((offset * 4) / 3);
  const to = Math.floor(((offset + Buffer.byteLength(text)) * 8) / 6);
  return whole.slice(from, to);
}
