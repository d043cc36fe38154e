/**
 * Versions of one resource, which can be compared: decimal numbers of any length, in the order of the changes that
 * they stand for.
 */

/** Before everything. */
export const beforeAll = "0";

/** Whether a version is another one or a later one. */
export function isAtLeast(version: string, other: string): boolean {
  return version.length === other.length ? version >= other : version.length > other.length;
}

/** Whether a text is a version as API servers write them. */
export function isVersion(text: string): boolean {
  return /^(?:0|[1-9]\d{0,39})$/.test(text);
}
