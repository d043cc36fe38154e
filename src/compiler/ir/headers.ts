/** Headers that are set and removed. */

/** A header to set on a request or response. */
export interface HeaderValue {
  readonly name: string;
  readonly value: string;
  /** Add beside existing values instead of replacing them. */
  readonly append: boolean;
}

/** Edits of request and response headers. */
export interface HeaderEdits {
  readonly addRequest: readonly HeaderValue[];
  readonly removeRequest: readonly string[];
  readonly addResponse: readonly HeaderValue[];
  readonly removeResponse: readonly string[];
}
