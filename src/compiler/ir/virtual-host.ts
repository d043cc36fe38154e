/** Virtual hosts and the tables that hold them: how routes are laid out for one or more listeners. */
import type { HostDecl, LabelSelector } from "./host.ts";
import type { HostBinding, SecurityModel } from "./listener.ts";

/**
 * A route table: everything that listeners with the same host binding and security model serve to one class of
 * connections. `open` serves cleartext and all TLS without client certificates; every rule for client certificates
 * has a table of its own, in which other hosts answer 421.
 */
export interface Table {
  readonly name: string;
  readonly binding: HostBinding;
  readonly security: SecurityModel;
}

/**
 * How a host shows its routes in a table: which requests take a route itself, and which are redirected to https.
 * `misdirected` hosts answer 421 to what is secure, because their routes are served in another class.
 */
export type Exposure = "direct" | "redirect" | "secure-only" | "redirect-only" | "hidden";

/** A host name within a table, and the Host whose policy governs it. */
export interface Domain {
  readonly table: string;
  readonly glob: string;
  readonly port?: number;
  readonly host: HostDecl;
}

/** A set of routes, and the condition under which a virtual host inherits it. */
export interface InheritedRoutes {
  /** Key of the route set: a host glob, or one of the reserved names in `routeSets`. */
  readonly set: string;
  /** The set's glob only overlaps the virtual host's names, so its routes check `:authority` too. */
  readonly conditional?: true;
}

/** A virtual host: names that see exactly the same routes. */
export interface VirtualHost {
  readonly table: string;
  readonly key: string;
  readonly domains: readonly string[];
  readonly exposure: Exposure;
  readonly misdirected: boolean;
  readonly selector?: LabelSelector;
  readonly inherits: readonly InheritedRoutes[];
}
