/**
 * One copy of a text for all who hold an equal one.
 * A text put together of others is kept by V8 as a tree of its parts, and a part of a longer one keeps that alive; a
 * name or key that is kept for long should be neither. This changes memory alone, never meaning.
 */

/** Always empty: only what the engine does with the name of a property is wanted. */
const names: Record<string, true> = Object.create(null);

/** The same text; V8 knows the names of properties once each, and forgets those that nobody holds. */
export function intern<Text extends string>(text: Text): Text {
  const name: string = text;
  names[name] = true;
  delete names[name];
  return text;
}
