/**
 * SERVE of certificates for which Envoy asks by the name in a client's handshake: as the client spelled it, though
 * letters of either case mean the same name.
 */
import type { Encoded, ResourceType } from "#compiler";
import { isServerName, renamedSecret } from "#compiler";
import type { SnapshotView } from "./snapshot.ts";

/** Other spellings that Envoy asks for, by the name that they mean. */
export type Spellings = Map<string, Set<string>>;

/** Whoever connects may invent spellings, and Envoy keeps a certificate for each; more than these have none. */
const mostSpellings = 100;

/** Whether Envoy asks for this resource by the name in a handshake. */
export function isAskedByServerName(type: ResourceType, name: string): boolean {
  return type === "secret" && isServerName(name);
}

/** Notes a name that is asked for, if it is another spelling of one. */
export function noteSpelling(spellings: Spellings, type: ResourceType, name: string): void {
  const meant = name.toLowerCase();
  if (meant === name || !isAskedByServerName(type, name)) return;
  let known = 0;
  for (const others of spellings.values()) known += others.size;
  if (known < mostSpellings) spellings.set(meant, (spellings.get(meant) ?? new Set()).add(name));
}

/** Forgets a name that is not asked for any more. */
export function forgetSpelling(spellings: Spellings, name: string): void {
  const meant = name.toLowerCase();
  const others = spellings.get(meant);
  if (others?.delete(name) && others.size === 0) spellings.delete(meant);
}

/** What is meant by a name that is a noted spelling, under that name. */
export function respelled(spellings: Spellings, name: string, view: SnapshotView): Encoded | undefined {
  const meant = name.toLowerCase();
  if (!spellings.get(meant)?.has(name)) return undefined;
  const resource = view.get("secret", meant);
  return resource && renamedSecret(resource, name);
}
