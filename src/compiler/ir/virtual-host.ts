/** Virtual hosts and the tables that hold them: how routes are laid out for one or more listeners. */
import type { HostDecl, LabelSelector } from "./host.ts";
import type { HostBinding, SecurityModel } from "./listener.ts";

/**
 * What listeners with the same host binding and security model have in common: the same hosts, exposed alike.
 * A site has one route table per class of connections.
 */
export interface Site {
  readonly name: string;
  readonly binding: HostBinding;
  readonly security: SecurityModel;
}

/**
 * A route table: what a site serves to one class of connections. Class `open` is cleartext and all TLS without client
 * certificates; every rule for client certificates is a class of its own, in which other hosts answer 421, so that a
 * client cannot reach a host past its own rule by connecting under another name.
 */
export interface Table {
  readonly name: string;
  readonly site: string;
  readonly class: string;
}

/** How a virtual host shows a route: as it is, behind x-forwarded-proto, as a redirect to https, or not at all. */
export type Exposure = "direct" | "redirect" | "secure-only" | "redirect-only" | "hidden";

/** A host name within a site, and the Host whose policy governs it. */
export interface Domain {
  readonly site: string;
  readonly security: SecurityModel;
  /** Host name pattern. */
  readonly glob: string;
  /** The name as Envoy matches it, with a port if the Host names one. */
  readonly text: string;
  readonly host: HostDecl;
}

/** A set of routes that a virtual host inherits, by the host glob it is for or a reserved name. */
export interface InheritedRoutes {
  readonly set: string;
  /** The set's glob only overlaps the virtual host's names, so its routes check `:authority` too. */
  readonly conditional?: true;
}

/** A virtual host without its names: hosts with equal plans see exactly the same routes and share one. */
export interface VirtualHostPlan {
  readonly table: string;
  readonly exposure: Exposure;
  /** Answer 421 to secure requests (`marked` by x-forwarded-proto), or to all. */
  readonly misdirected?: "marked" | "all";
  readonly selector?: LabelSelector;
  readonly inherits: readonly InheritedRoutes[];
}

/** A virtual host: its plan and its names. */
export interface VirtualHost extends VirtualHostPlan {
  readonly key: string;
  readonly domains: readonly string[];
}
