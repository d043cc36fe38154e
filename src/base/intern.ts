/**
 * One copy of a text for all who hold an equal one.
 * A text put together of others is kept by V8 as a tree of its parts, and a part of a longer one keeps that alive; a
 * name or key that is kept for long should be neither. This changes memory alone, never meaning.
 */

/** V8 knows the names of properties once each; those of a forgotten object are forgotten unless somebody holds them. */
let names: Record<string, true> = Object.create(null);
let count = 0;
const maxCount = 1000;

/** The same text, of which there is one copy. */
export function intern<Text extends string>(text: Text): Text {
  if (++count > maxCount) {
    names = Object.create(null);
    count = 0;
  }
  names[text as string] = true;
  return text;
}
