/**
 * SHAPE `scoped`: the keys of scopes and their names as resources. An exact host's key is the table and the host; all
 * other scopes have a second bar, which Envoy lets no Host header have, so that no client can ask for one of them.
 */
import { parseGlob } from "#base/hostname.ts";
import { contentVersion } from "../bytes.ts";

/** The header that says which scope a request is looked up in. Whatever a client sends under this name is replaced. */
export const scopeHeader = "x-dragoman-scope";

/** What ends a scope's part of the header, so that a port plays no part. */
export const portSeparator = ":";

/** A table's name as the keys of all its scopes begin with it. */
export function scopesOf(table: string): string {
  return `${table.replaceAll(portSeparator, ";")}|`;
}

/** The scope of every name that has none of its own. */
export function wildScope(table: string): string {
  return `${scopesOf(table)}|wild`;
}

/** The scope in which a name as Envoy is told it is found: its own for an exact host, whatever the port. */
export function scopeOf(table: string, domain: string): string {
  // The key ends at the first colon, so literals of IPv6 have no scope of their own.
  const host = domain.startsWith("[") ? "" : domain.replace(/:(?:\d+|\*)$/, "").toLowerCase();
  return parseGlob(host)?.kind === "exact" ? scopesOf(table) + host : wildScope(table);
}

/** The scope of a virtual host that names lead to; each of its buckets has the number behind one more bar. */
export function innerScope(table: string, virtualHost: string): string {
  return `${scopesOf(table)}|${contentVersion(virtualHost).slice(0, 10)}`;
}

/**
 * The name of a scope with this key. Where keys begin alike up to a bar, so do names. Envoy copies the names of all
 * scopes for each response of them, and those of more than 22 bytes one by one (docs/design/shapes.md, "Names").
 */
export function scopeName(key: string): string {
  const end = key.indexOf("|");
  const own = key.slice(end + 1);
  const table = contentVersion(key.slice(0, end)).slice(0, 6);
  return `${table}|${own.startsWith("|") ? own : contentVersion(own).slice(0, 15)}`;
}
