/**
 * Host names and the globs that users write for them: an exact name, `*`, `*.suffix` / `*suffix`, or `prefix*`.
 * Names are compared in lower case, without a trailing dot; ports are kept apart from names.
 */

/** A host name pattern, taken apart. `text` is the canonical lower-case spelling, without a port. */
export interface HostGlob {
  readonly kind: "exact" | "suffix" | "prefix" | "any";
  readonly text: string;
  /** The literal part: the name itself, what follows a leading `*`, or what stands before a trailing one. */
  readonly literal: string;
}

/** What a client can put into a request's host: letters, digits, `-`, `_`, dots; IPv6 literals and ports. */
const hostLike = /^[a-z0-9_.:*[\]-]*$/;

/** Takes a pattern apart. A `*` anywhere but at one end, or what no host can hold, gives undefined. */
export function parseGlob(pattern: string): HostGlob | undefined {
  const text = canonicalHost(pattern);
  if (!hostLike.test(text)) return undefined;
  if (text === "*") return { kind: "any", text, literal: "" };
  const star = text.indexOf("*");
  if (star < 0) return { kind: "exact", text, literal: text };
  if (star !== text.lastIndexOf("*")) return undefined;
  if (star === 0) return { kind: "suffix", text, literal: text.slice(1) };
  if (star === text.length - 1) return { kind: "prefix", text, literal: text.slice(0, -1) };
  return undefined;
}

/** A host as it is compared: lower case, no trailing dot. */
export function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  return lower.length > 1 && lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

/** Takes `name:port` apart; IPv6 literals keep their brackets. The port is undefined where there is none. */
export function splitPort(host: string): { readonly name: string; readonly port?: number } {
  const match = /^(.*?):(\d{1,5})$/.exec(host);
  if (match?.[1] === undefined || (match[1].includes(":") && !match[1].endsWith("]"))) return { name: host };
  return { name: match[1], port: Number(match[2]) };
}

/** Whether every name that `inner` can match is matched by `outer` too. A `*` stands for at least one character. */
export function covers(outer: HostGlob, inner: HostGlob): boolean {
  if (outer.kind === "any") return true;
  if (outer.kind === "exact") return inner.text === outer.text;
  if (inner.kind === "any") return false;
  if (inner.text === outer.text) return true;
  if (inner.kind !== "exact" && inner.kind !== outer.kind) return false;
  const longer = inner.literal.length > outer.literal.length;
  return (
    longer &&
    (outer.kind === "suffix" ? inner.literal.endsWith(outer.literal) : inner.literal.startsWith(outer.literal))
  );
}

/** Whether some name is matched by both. A leading and a trailing wildcard always overlap. */
export function overlaps(a: HostGlob, b: HostGlob): boolean {
  if (a.kind === "suffix" && b.kind === "prefix") return true;
  if (a.kind === "prefix" && b.kind === "suffix") return true;
  return covers(a, b) || covers(b, a);
}

/** Whether a (canonical, port-less) name is matched. */
export function matchesName(glob: HostGlob, name: string): boolean {
  return covers(glob, { kind: "exact", text: name, literal: name });
}

/**
 * The order in which Envoy chooses among virtual host domains that match one name: exact, then the longest suffix
 * wildcard, then the longest prefix wildcard, then `*`. Negative when `a` wins.
 */
export function compareSpecificity(a: HostGlob, b: HostGlob): number {
  const rank = { exact: 0, suffix: 1, prefix: 2, any: 3 } as const;
  return (
    rank[a.kind] - rank[b.kind] ||
    b.literal.length - a.literal.length ||
    (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)
  );
}
