/**
 * LINK of hosts with listeners: which Host answers for which name at which site.
 * A site is what listeners with equal binding and security model share, so that one route table serves them all.
 */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { formatRef } from "#base/origin.ts";
import type { Collection, Derived, Index, Reads } from "../graph/graph.ts";
import { type HostDecl, type LabelSelector, selects } from "../ir/host.ts";
import type { HostBinding, ListenerDecl } from "../ir/listener.ts";
import type { Domain, Site } from "../ir/virtual-host.ts";
import { byAge } from "./order.ts";

/** The site of a listener, by everything that decides which hosts it has and how it shows them. */
export function siteOf(listener: ListenerDecl): Site {
  const { binding, security } = listener;
  return { name: `${bindingName(binding)}/${security.toLowerCase()}`, binding, security };
}

function bindingName(binding: HostBinding): string {
  if (binding.kind === "additionalPort") return `cleartext-${binding.port}`;
  const namespace = binding.namespace === undefined ? "all" : `in:${binding.namespace}`;
  return [namespace, ...labelTexts(binding.selector)].join(",");
}

/** Labels as texts that are equal for equal labels only, whatever they hold. */
export function labelTexts(labels: LabelSelector): readonly string[] {
  const plain = (text: string): string => text.replace(/[%,=|\s]/g, encodeURIComponent);
  return Object.entries(labels)
    .map(([name, value]) => `${plain(name)}=${plain(value)}`)
    .sort();
}

/** A Host's claim to a name at a site. */
export interface Claim {
  readonly site: Site;
  readonly host: HostDecl;
}

/** Every site that takes a Host, with the name that the Host claims there. */
export function linkClaims(sites: Index<Site>): (host: HostDecl, reads: Reads) => Derived<Claim> {
  return (host, reads) => {
    const taking = sitesOf(host, sites, reads);
    const out = taking.map((site) => [`${site.name}|${host.key}`, { site, host }] as const);
    return { out, diagnostics: taking.length > 0 ? [] : [unbound(host)] };
  };
}

/** The sites that take a Host. */
export function sitesOf(host: HostDecl, sites: Index<Site>, reads: Reads): readonly Site[] {
  return reads.lookup(sites, "").filter((site) => accepts(site.binding, host));
}

function accepts(binding: HostBinding, host: HostDecl): boolean {
  if (binding.kind === "additionalPort") return host.additionalPort === binding.port;
  if (binding.namespace !== undefined && binding.namespace !== host.namespace) return false;
  return selects(binding.selector, host.labels);
}

function unbound(host: HostDecl): Diagnostic {
  return diagnose("host/no-listener", host.origin, `no Listener takes this Host`, {
    traffic: `requests for ${host.glob} are not served by it`,
    hint: "let a Listener's hostBinding select it by namespace or label",
  });
}

/** Tells a listener that speaks HTTP and takes no Host. `inhabited` has the sites with Hosts. */
export function reportWithoutHosts(
  inhabited: Collection<unknown>,
): (listener: ListenerDecl, reads: Reads) => Derived<never> {
  return (listener, reads) => {
    // Nobody asked for the cleartext port of 1.x that all Hosts may have switched off, and without Hosts there is no QUIC.
    const asked = listener.http && !listener.quic && listener.binding.kind === "hosts";
    if (!asked || reads.has(inhabited, siteOf(listener).name)) return { out: [] };
    const told = diagnose("listener/no-hosts", listener.origin, "its hostBinding takes no Host", {
      traffic: `requests to port ${listener.port} get 404`,
      hint: "let hostBinding take Hosts by their namespace or labels, or delete the Listener",
    });
    return { out: [], diagnostics: [told] };
  };
}

/** The name of a claim, with the port where the Host names one. */
export function claimedName(claim: Claim): string {
  const { glob, port } = claim.host;
  return `${claim.site.name}|${port === undefined ? glob : `${glob}:${port}`}`;
}

/** The order of claims to one name: Hosts of users', then the older. */
export function byClaim({ host: a }: Claim, { host: b }: Claim): number {
  return Number(a.yields ?? false) - Number(b.yields ?? false) || byAge(a, b);
}

/** One name, one Host: the first claim wins. */
export function linkDomain(claims: readonly Claim[], _reads: Reads, key: string): Derived<Domain> {
  const [first, ...later] = claims;
  if (!first) return { out: [] };
  const { site, host } = first;
  const text = host.port === undefined ? host.glob : `${host.glob}:${host.port}`;
  const domain: Domain = { site: site.name, security: site.security, glob: host.glob, text, host };
  return { out: [[key, domain]], diagnostics: later.flatMap((claim) => lostClaim(claim.host, host)) };
}

/** Who gives way is told only if somebody would notice. */
function lostClaim(host: HostDecl, first: HostDecl): readonly Diagnostic[] {
  if (!host.yields) return [duplicate(host, first)];
  if (first.tls?.certificate.name === host.tls?.certificate.name) return [];
  const winner = formatRef(first.origin.ref);
  return [
    diagnose("ingress/other-certificate", host.origin, `${winner} decides about TLS for ${host.glob}`, {
      traffic: "another certificate than this section's is served, or none",
      hint: "name the same Secret in both",
      related: [{ at: first.origin, message: "decides" }],
    }),
  ];
}

function duplicate(host: HostDecl, first: HostDecl): Diagnostic {
  return diagnose(
    "host/duplicate-hostname",
    { ref: host.origin.ref, path: ".spec.hostname" },
    `hostname ${host.glob} is already claimed by ${formatRef(first.origin.ref)}`,
    {
      traffic: `requests for ${host.glob} go by ${formatRef(first.origin.ref)}`,
      hint: "keep one Host per hostname and listener",
      related: [{ at: first.origin, message: "claimed it first" }],
    },
  );
}
