/** LOWER of Services and their addresses, for every dialect. Addresses never pass through any other translation. */
import { isIp } from "#base/ip.ts";
import { nameKey } from "#base/origin.ts";
import { type EndpointSlice, type Endpoints, isOwnService, type Service } from "../api/index.ts";
import type { Collection, Derived, Reads } from "../graph/graph.ts";
import type { AddressSet, OwnService, ServiceFacts } from "../ir/service.ts";
import type { Settings } from "../settings.ts";

/** A Service without anything that its endpoints change. */
export function lowerService({ ref, spec }: Service): Derived<ServiceFacts> {
  const ip = spec.clusterIP !== undefined && isIp(spec.clusterIP) ? spec.clusterIP : undefined;
  const facts: ServiceFacts = {
    ports: spec.ports.map((port) => ({
      name: port.name ?? "",
      port: port.port,
      ...(port.targetPort === undefined ? {} : { targetPort: port.targetPort }),
    })),
    ...(ip === undefined ? {} : { clusterIp: ip }),
    ...(spec.type === "ExternalName" && isName(spec.externalName) ? { externalName: spec.externalName } : {}),
  };
  return { out: [[nameKey(ref), facts]] };
}

/** The gateway's own Service, and where its ports lead. */
export function lowerOwnService(
  settings: Collection<Settings>,
): (service: Service, reads: Reads) => Derived<OwnService> {
  return ({ ref, spec, labels }, reads) => {
    const place = reads.get(settings, "");
    if (!place || !isOwnService({ ref, labels }, place)) return { out: [] };
    const targets = spec.ports.map(({ port, targetPort }) => targetPort || port);
    const numbers = targets.filter((target) => typeof target === "number");
    const own: OwnService = { ref, targets: numbers.length === targets.length ? numbers : "unknown" };
    return { out: [[nameKey(ref), own]] };
  };
}

/** Envoy keeps waiting for names that no resolver can even be asked for. */
function isName(text: string | undefined): text is string {
  return text !== undefined && /^[\w.-]{1,253}$/.test(text);
}

/** The addresses of a slice, by what may be sent there. */
export function lowerEndpointSlice({ ref, spec }: EndpointSlice, _reads: unknown, key: string): Derived<AddressSet> {
  const usable = spec.addressType === "FQDN" ? [] : spec.endpoints;
  const set: AddressSet = {
    service: nameKey({ namespace: ref.namespace, name: spec.service }),
    ports: spec.ports.filter(hasNumber).map(({ name = "", port }) => ({ name, port })),
    addresses: addressesOf(usable.filter(({ ready }) => ready)),
    leaving: addressesOf(usable.filter(({ ready, serving, terminating }) => !ready && serving && terminating)),
  };
  return { out: [[key, set]] };
}

type Slice = EndpointSlice["spec"];
type SlicePort = Slice["ports"][number];
type SliceEndpoint = Slice["endpoints"][number];

function hasNumber(port: SlicePort): port is SlicePort & { readonly port: number } {
  return port.port !== undefined;
}

function addressesOf(endpoints: readonly SliceEndpoint[]): readonly string[] {
  return endpoints.filter((endpoint) => isIp(addressOf(endpoint))).map(addressOf);
}

/** All addresses of an endpoint lead to the same pod. */
function addressOf({ addresses: [first = ""] }: SliceEndpoint): string {
  return first;
}

/** The ready addresses of an Endpoints object. */
export function lowerEndpoints({ ref, spec }: Endpoints, _reads: unknown, key: string): Derived<AddressSet> {
  const out = spec.subsets.map((subset, i) => {
    const ports = subset.ports.map((port) => ({ name: port.name ?? "", port: port.port }));
    const addresses = subset.addresses.filter((address) => isIp(address));
    return [`${key}#${i}`, { service: nameKey(ref), ports, addresses, leaving: [] }] as const;
  });
  return { out };
}
