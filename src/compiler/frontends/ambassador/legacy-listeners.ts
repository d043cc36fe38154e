/**
 * LOWER without Listeners: the ports of 1.x, as declarations like any other.
 * HTTPS where any certificate is configured, cleartext on the ports that Hosts and TLSContexts name.
 */

import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { Origin } from "#base/origin.ts";
import type { Collection, Derived, Index, Reads } from "../../graph/graph.ts";
import type { HostBinding, ListenerDecl } from "../../ir/listener.ts";
import type { OwnService } from "../../ir/service.ts";
import type { Settings } from "../../settings.ts";
import type { LegacyListening } from "./defaults.ts";

/** What decides the ports of 1.x. */
export interface LegacyLookup {
  readonly settings: Collection<Settings>;
  readonly module: Collection<LegacyListening>;
  /** Whether there is any Listener of ours, usable or not: key "". */
  readonly anyListener: Collection<Origin>;
  /** Whether anything has a certificate: key "". */
  readonly anyCertificate: Collection<unknown>;
  /** Cleartext ports that Hosts and TLSContexts ask for: key "". */
  readonly cleartextPorts: Collection<readonly number[]>;
  /** The gateway's own Services, by namespace. */
  readonly ownServices: Index<OwnService>;
}

/** The listeners of an instance without Listener objects. */
export function legacyListeners(lookup: LegacyLookup): (reads: Reads) => Derived<ListenerDecl> {
  return (reads) => {
    const declared = reads.get(lookup.anyListener, "");
    const module = reads.get(lookup.module, "");
    if (declared) return { out: [], diagnostics: asksForPorts(module) ? [announceListeners(declared)] : [] };
    const settings = reads.get(lookup.settings, "");
    const secure = reads.has(lookup.anyCertificate, "");
    const reached = reachedPorts(lookup, settings, reads);
    const main = module?.servicePort ?? reached(secure ? 8443 : 8080);
    const cleartext = secure ? (reads.get(lookup.cleartextPorts, "") ?? [8080]) : [];
    const decls = [
      legacyListener(main, secure, { kind: "hosts", selector: {} }, module, settings),
      ...cleartext
        .filter((port) => port > 0 && port !== main)
        .map((port) => legacyListener(reached(port), false, { kind: "additionalPort", port }, module, settings)),
    ];
    return { out: decls.map((decl) => [decl.key, decl] as const) };
  };
}

/** The ports of the first versions, whose Services lead to no others. */
const firstPorts: Readonly<Record<number, number>> = { 8080: 80, 8443: 443 };

/** Where a port is that the gateway's own Service does not lead to: where it was in the first versions, if it does. */
function reachedPorts(
  { ownServices }: LegacyLookup,
  settings: Settings | undefined,
  reads: Reads,
): (port: number) => number {
  const { namespace = "", unprivilegedPortStart = 0, ports = {} } = settings ?? {};
  const services = reads.lookup(ownServices, namespace).map(({ targets }) => targets);
  const leadTo = (port: number) => services.some((targets) => targets === "unknown" || targets.includes(port));
  return (port) => {
    const before = firstPorts[port];
    const isPossible = before !== undefined && before >= unprivilegedPortStart && !(String(port) in ports);
    return isPossible && leadTo(before) && !leadTo(port) ? before : port;
  };
}

function legacyListener(
  port: number,
  tls: boolean,
  binding: HostBinding,
  module: LegacyListening | undefined,
  settings: Settings | undefined,
): ListenerDecl {
  const statPrefix = tls ? "ingress_https" : "ingress_http";
  const name = `ambassador-listener-${port}`;
  return {
    key: `legacy/${port}`,
    origin: {
      ref: { group: "getambassador.io", kind: "Listener", namespace: settings?.namespace ?? "default", name },
      path: "",
    },
    created: "",
    address: settings?.bindAddress ?? "0.0.0.0",
    port,
    proxyProtocol: module?.useProxyProto ?? false,
    tls,
    http: { statPrefix, trustedHops: module?.trustedHops ?? 0 },
    statPrefix,
    binding,
    security: "XFP",
  };
}

/** Whether the Module configures the ports of 1.x. */
function asksForPorts(module: LegacyListening | undefined): boolean {
  if (!module) return false;
  return module.servicePort !== undefined || module.useProxyProto || module.trustedHops > 0 || module.redirectCleartext;
}

/** Says on the first Listener that the ports of 1.x are closed by it. */
function announceListeners(first: Origin): Diagnostic {
  return diagnose("compat/listeners-in-force", first, "there is a Listener, so only Listeners open ports", {
    traffic:
      "the ports that are open without any Listener (8080, 8443, service_port) are closed unless a Listener names them",
    hint: "create a Listener for every port that clients use",
  });
}
