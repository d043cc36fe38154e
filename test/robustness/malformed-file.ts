/** What is to be known of a malformed manifest. */

/** A file that somebody got wrong. */
export interface Malformed {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** What a diagnostic must name; "" where the document as a whole is wrong. */
  readonly field: string;
}
