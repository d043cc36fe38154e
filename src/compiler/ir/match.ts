/** What a request must look like: the matching half of a route. */

/**
 * How the path is matched. A `prefix` is textual; `segments` are whole ones: `/a` and what begins with `/a/`, but not
 * `/ab`. They do not end in a slash, so there is at least one. A regex must match the whole path.
 */
export type PathMatch =
  | { readonly kind: "prefix"; readonly prefix: string; readonly caseSensitive: boolean }
  | { readonly kind: "segments"; readonly prefix: string }
  | { readonly kind: "exact"; readonly path: string; readonly caseSensitive: boolean }
  | { readonly kind: "regex"; readonly regex: string };

/** How a header's or query parameter's value is matched. */
export type StringMatch =
  | { readonly kind: "exact"; readonly value: string }
  | { readonly kind: "prefix"; readonly value: string }
  | { readonly kind: "suffix"; readonly value: string }
  | { readonly kind: "regex"; readonly regex: string }
  | { readonly kind: "present" };

/** A condition on one header (`:method` and `:authority` included) or query parameter. */
export interface NamedMatch {
  readonly name: string;
  readonly match: StringMatch;
}

/** All conditions of a route, except the host names, which virtual hosts express. */
export interface RouteMatch {
  readonly path: PathMatch;
  readonly headers: readonly NamedMatch[];
  readonly query: readonly NamedMatch[];
  /** What x-forwarded-proto must say; kept apart, because hosts treat secure and insecure requests differently. */
  readonly proto?: "http" | "https";
}

/** Which host names a route is for. `selected` routes have no name: only a Host's mappingSelector takes them. */
export type RouteHosts =
  | { readonly kind: "glob"; readonly glob: string }
  | { readonly kind: "regex"; readonly regex: string }
  | { readonly kind: "selected" };
