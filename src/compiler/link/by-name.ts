/**
 * LINK of certificates on listeners with many of them. A chain for each certificate costs Envoy all of the others
 * whenever one comes or goes. Instead, names with equal settings share one chain whose bytes know none of them, and Envoy
 * asks for a name's certificate at its first handshake, by that name. One such chain fits on a listener, because nothing
 * but the name could tell two of them apart: it is for the settings that most names have.
 */
import { parseGlob } from "#base/hostname.ts";
import type { Collection, Derived, Index, Reads } from "../graph/graph.ts";
import type { CertificateSource } from "../settings.ts";
import type { ChainClaim } from "./chains.ts";
import { policyName } from "./chains.ts";
import { coveringKeys } from "./names.ts";
import { compareText } from "./order.ts";

/** The chain of names that are asked for. */
const byNameChain = "by-name";

/** Names of a listener that could share a chain. */
export interface NameClass {
  readonly listener: string;
  readonly name: string;
}

/** A name that can be asked for, and the chain of its certificate, which it would not need. */
export interface AskableName extends NameClass {
  readonly chain: string;
}

/** What decides whether a name can be asked for. */
export interface ByNameLookup {
  /** Settled claims by `claimKey`. */
  readonly settled: Collection<ChainClaim>;
  /** The same by server name. */
  readonly byServerName: Index<ChainClaim>;
}

/**
 * The class of a claim, if its name can be asked for. Not so patterns, nor names that a chain with a pattern would take
 * first, nor names with different certificates on different listeners: Envoy asks for a name, whatever the listener.
 */
export function classifyName({
  settled,
  byServerName,
}: ByNameLookup): (claim: ChainClaim, reads: Reads, key: string) => Derived<AskableName> {
  return ({ listener, serverName, chain, service, tls, quic }, reads, key) => {
    const glob = parseGlob(serverName);
    if (!tls || quic || service.kind !== "http" || glob?.kind !== "exact") return { out: [] };
    if (coveringKeys(glob).some((pattern) => reads.has(settled, `${listener}|${pattern}`))) return { out: [] };
    const others = reads.lookup(byServerName, serverName);
    if (others.some((other) => other.tls?.certificate.name !== tls.certificate.name)) return { out: [] };
    return { out: [[key, { listener, name: `${service.table} ${policyName(tls)}`, chain }]] };
  };
}

/** A class and how many names it has. */
export interface SizedClass extends NameClass {
  readonly size: number;
}

/** The larger first. */
export function bySize(a: SizedClass, b: SizedClass): number {
  return b.size - a.size || compareText(a.name, b.name);
}

/** What decides whether a name is asked for. */
export interface SharedChainLookup {
  readonly source: (reads: Reads) => CertificateSource;
  readonly classes: Collection<NameClass>;
  readonly largest: Collection<NameClass>;
}

/** Puts a claim of a listener's largest class into the chain of names that are asked for. */
export function shareChain({
  source,
  classes,
  largest,
}: SharedChainLookup): (claim: ChainClaim, reads: Reads, key: string) => Derived<ChainClaim> {
  return (claim, reads, key) => {
    if (source(reads) === "chains") return { out: [[key, claim]] };
    const own = reads.get(classes, key);
    const shared = own && reads.get(largest, claim.listener)?.name === own.name;
    return { out: [[key, shared ? { ...claim, chain: byNameChain, byName: true } : claim]] };
  };
}
