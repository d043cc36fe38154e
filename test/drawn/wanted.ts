/**
 * Routes as somebody wants them, in no dialect and no version: what drawn Mappings and Ingresses are spelled from, and
 * what requests for them are synthesised from. They know nothing of the compiler.
 */
import fc, { type Arbitrary } from "fast-check";

/** A text that must be equal, must match (with some texts that do), or must only be there. */
export type Wish =
  | { readonly form: "exact"; readonly text: string }
  | { readonly form: "regex"; readonly text: string; readonly samples: readonly string[] }
  | { readonly form: "present"; readonly text: string };

/** A condition on a header or a query parameter. */
export type NamedWish = Wish & { readonly name: string };

/** What the path must be. */
export type PathWish =
  | { readonly form: "prefix" | "exact" | "segments"; readonly text: string; readonly anyCase: boolean }
  | { readonly form: "regex"; readonly text: string; readonly samples: readonly string[] };

/** Everything that a request must be. */
export interface MatchWish {
  readonly path: PathWish;
  /** A glob, or an expression. */
  readonly host: Exclude<Wish, { readonly form: "present" }>;
  readonly headers: readonly NamedWish[];
  readonly query: readonly NamedWish[];
  readonly method?: Wish;
  readonly proto?: "http" | "https";
  readonly precedence?: number;
}

/** Names that requests ask for. */
export const names = ["a.test", "x.a.test", "b.test", "long.x.a.test"];
/** What Hosts and Mappings call them. */
export const globs = [...names, "*.a.test", "*.test", "*", "b.*", "*a.test"];

const segments = ["a", "b", "A", "ab", "long"];

/** Paths that often begin alike. */
const somePath = fc
  .array(fc.constantFrom(...segments), { maxLength: 3 })
  .map((parts) => `/${parts.join("/")}${parts.length % 2 ? "/" : ""}`);

/** One of so many has it. */
export function seldom<T>(arbitrary: Arbitrary<T>, among = 6): Arbitrary<T | undefined> {
  return fc.oneof({ weight: among - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** A few values of which some expressions and the others are texts. */
const words = ["a", "ab", "b", "A"];
const expressions: readonly (readonly [string, readonly string[]])[] = [
  ["a", ["a"]],
  ["a|b", ["a", "b"]],
  ["a+b?", ["a", "aab", "ab"]],
  [".*", ["", "b"]],
  ["[ab]{1,2}", ["b", "ba"]],
  ["(?i)A", ["a", "A"]],
  ["^a", ["a"]],
  ["b$", ["b"]],
  ["\\w", ["a", "_"]],
];
const pathExpressions: readonly (readonly [string, readonly string[]])[] = [
  ["/a.*", ["/a", "/ab/x"]],
  ["/(a|b)/?.*", ["/b", "/a/A"]],
  ["/[^/]+", ["/long", "/A"]],
  ["/a/\\w+/?", ["/a/ab", "/a/b/"]],
  ["(?i)/A/.*", ["/a/", "/A/b"]],
  ["/.*b", ["/b", "/a/ab"]],
];
const hostExpressions: readonly (readonly [string, readonly string[]])[] = [
  ["[ab]\\.test", ["a.test", "b.test"]],
  [".*\\.a\\.test", ["x.a.test", "long.x.a.test"]],
  ["x.*", ["x.a.test"]],
];

const exact = fc.constantFrom(...words, "").map((text): Wish => ({ form: "exact", text }));
const regex = (from: typeof expressions) =>
  fc.constantFrom(...from).map(([text, samples]) => ({ form: "regex" as const, text, samples }));
const present = fc.constant<Wish>({ form: "present", text: ".*" });

function conditions(...of: readonly string[]): Arbitrary<readonly NamedWish[]> {
  const one = fc.tuple(
    fc.constantFrom(...of),
    fc.oneof({ weight: 3, arbitrary: exact }, { weight: 2, arbitrary: regex(expressions) }, present),
  );
  const some = fc.uniqueArray(one, { minLength: 1, maxLength: 2, selector: ([name]) => name });
  const named = some.map((list) => list.map(([name, wish]): NamedWish => ({ ...wish, name })));
  return fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: named });
}

const path: Arbitrary<PathWish> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      form: fc.constantFrom("prefix" as const, "prefix" as const, "exact" as const),
      text: fc.oneof(fc.constant("/"), somePath),
      anyCase: fc.constantFrom(false, false, false, false, true),
    }),
  },
  { weight: 1, arbitrary: regex(pathExpressions) },
);

const host: Arbitrary<MatchWish["host"]> = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom("*", "*", "*", ...globs).map((text) => ({ form: "exact" as const, text })) },
  { weight: 1, arbitrary: regex(hostExpressions) },
);

const method: Arbitrary<Wish> = fc.oneof(
  fc.constantFrom("GET", "POST").map((text) => ({ form: "exact" as const, text })),
  fc.constantFrom<Wish>(
    { form: "regex", text: "PO.*", samples: ["POST"] },
    { form: "regex", text: "GET|PUT", samples: ["GET", "PUT"] },
  ),
);

/** What a Mapping matches. */
export const matchWish: Arbitrary<MatchWish> = fc
  .record({
    path,
    host,
    headers: conditions("x-one", "x-two"),
    query: conditions("q", "r"),
    method: seldom(method),
    proto: seldom(fc.constantFrom("http" as const, "https" as const), 12),
    precedence: seldom(fc.integer({ min: -1, max: 2 })),
  })
  .map(withoutUndefined);

/** What a path of an Ingress matches. */
export const ingressWish: Arbitrary<MatchWish> = fc
  .record({
    form: fc.constantFrom("prefix" as const, "exact" as const, "segments" as const),
    text: fc.oneof(fc.constant("/"), somePath),
    host: fc.constantFrom("", ...names, "*.a.test"),
  })
  .map(({ form, text, host }) => ({
    path: { form, text, anyCase: false },
    host: { form: "exact", text: host === "" ? "*" : host },
    headers: [],
    query: [],
  }));

/** The same below a path of its own, so that it meets no other. */
export function apart(wish: MatchWish, index: number): MatchWish {
  const own = `/own${String.fromCharCode(97 + index)}`;
  const { path } = wish;
  if (path.form !== "regex") return { ...wish, path: { ...path, text: own + path.text } };
  const text = path.text.startsWith("(?i)") ? `(?i)${own}${path.text.slice(4)}` : own + path.text;
  return { ...wish, path: { ...path, text, samples: path.samples.map((sample) => own + sample) } };
}

/** The record without what is not there. */
export function withoutUndefined<T extends object>(record: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
