/**
 * One copy of a text for all who hold an equal one.
 * A text put together of others is kept by V8 as a tree of its parts, and a part of a longer one keeps that alive; a
 * name or key that is kept for long should be neither. This changes memory alone, never meaning.
 */

const nothing: Readonly<Record<string, never>> = Object.freeze(Object.create(null));

/** The same text, of which there is one copy. */
export function intern<Text extends string>(text: Text): Text {
  // V8 knows the names of properties once each, of those that are only asked for, too.
  Reflect.has(nothing, text);
  return text;
}
