/**
 * LINK of listeners with the gateway's own Service: whoever comes from outside comes through one of its ports, so that
 * a listener that none of them leads to is there for nobody. Where the Service is not known, nothing is said.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, formatRef } from "#base/origin.ts";
import type { Collection, Derived, Index, Reads } from "../graph/graph.ts";
import type { HostDecl } from "../ir/host.ts";
import type { ListenerDecl } from "../ir/listener.ts";
import type { OwnService } from "../ir/service.ts";
import type { Site } from "../ir/virtual-host.ts";
import type { Settings } from "../settings.ts";
import { sitesOf } from "./sites.ts";

/** Tells listeners that no port leads to; each is under its own key. */
export function reportUnreachable(lookup: {
  /** By namespace. */
  readonly services: Index<OwnService>;
  readonly settings: Collection<Settings>;
}): (listener: ListenerDecl, reads: Reads) => Derived<string> {
  return ({ key, origin, port, quic }, reads) => {
    const { namespace = "", ports = {} } = reads.get(lookup.settings, "") ?? {};
    const services = reads.lookup(lookup.services, namespace);
    const [first] = services;
    const isAsked = origin.ref.kind === "Listener" || origin.ref.kind === "TCPMapping";
    if (!first || !isAsked || quic) return { out: [] };
    const bound = ports[String(port)] ?? port;
    const leads = ({ targets }: OwnService) =>
      targets === "unknown" || targets.includes(port) || targets.includes(bound);
    if (services.some(leads)) return { out: [] };
    return { out: [[key, key]], diagnostics: [notInService(origin, port, first)] };
  };
}

function notInService(origin: ListenerDecl["origin"], port: number, { ref }: OwnService): Diagnostic {
  const message = `no port of ${formatRef(ref)} leads to port ${port}`;
  return diagnose("listener/not-in-service", child(origin, "spec", "port"), message, {
    traffic: "only who connects to the gateway's pods themselves is served",
    hint: `give the Service a port with targetPort: ${port}, or use one that it has`,
    related: [{ at: { ref, path: ".spec.ports" }, message: "the gateway's own Service" }],
  });
}

/** Tells Hosts that are served at such listeners alone. */
export function reportUnreachableHosts(lookup: {
  readonly sites: Index<Site>;
  readonly listenersBySite: Index<ListenerDecl>;
  readonly unreachable: Collection<string>;
}): (host: HostDecl, reads: Reads) => Derived<never> {
  return (host, reads) => {
    if (host.origin.ref.kind !== "Host") return { out: [] };
    const listeners = sitesOf(host, lookup.sites, reads)
      .flatMap(({ name }) => reads.lookup(lookup.listenersBySite, name))
      .filter(({ quic }) => !quic);
    if (listeners.length === 0) return { out: [] };
    if (!listeners.every(({ key }) => reads.has(lookup.unreachable, key))) return { out: [] };
    const ports = [...new Set(listeners.map(({ port }) => port))].sort((a, b) => a - b).join(", ");
    const message = `it is served on port ${ports} alone, to which no port of the gateway's Service leads`;
    const told = diagnose("host/not-in-service", host.origin, message, {
      traffic: `requests for ${host.glob} that come through the Service are not served by it`,
      hint: "let a Listener take it whose port the Service leads to",
    });
    return { out: [], diagnostics: [told] };
  };
}
