/** A file that objects name, such as a certificate's: an input like the objects, read by the shell. */

/** What the shell found under a path: its text, or why there is none, as a clause about the file, and what to do. */
export type FileContent =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "unusable"; readonly because: string; readonly hint?: string };
