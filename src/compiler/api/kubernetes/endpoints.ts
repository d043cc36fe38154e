/**
 * Endpoints: all addresses behind the Service of the same name, from before there were EndpointSlices.
 */
import { ok } from "#base/diagnostic.ts";
import type { Resource } from "../resource.ts";
import { defaulted, integer, list, object, optional, required, type Static, string } from "../schema/index.ts";
import { coreKind, tcpPorts } from "./narrow.ts";

const address = object({ ip: required(string(), "Address.") }, { open: true });
const endpointPort = object(
  {
    name: optional(string(), "Name of the Service's port."),
    port: required(integer({ min: 1, max: 65535 }), "Port of the endpoints."),
    protocol: defaulted(string(), "TCP", "Protocol."),
  },
  { open: true },
);

const body = object(
  {
    subsets: optional(
      list(
        object(
          {
            addresses: optional(list(address), "Ready addresses."),
            notReadyAddresses: optional(list(address), "Addresses that are not ready."),
            ports: optional(list(endpointPort), "Ports."),
          },
          { open: true },
        ),
      ),
      "Subsets.",
    ),
  },
  { open: true },
);

/** Addresses that have the same ports. */
export interface EndpointSubset {
  readonly addresses: readonly string[];
  readonly notReadyAddresses: readonly string[];
  readonly ports: readonly Static<typeof endpointPort>[];
}

/** What is read of Endpoints. */
export interface EndpointsSpec {
  readonly subsets: readonly EndpointSubset[];
}

export type Endpoints = Resource<"Endpoints", EndpointsSpec>;

/** The kind Endpoints. */
export const endpoints = coreKind({
  kind: "Endpoints",
  group: "",
  versions: ["v1"],
  body,
  narrow({ subsets = [] }) {
    const ips = (list: readonly { readonly ip: string }[] = []): readonly string[] => list.map(({ ip }) => ip);
    return ok<EndpointsSpec>({
      subsets: subsets.map(({ addresses, notReadyAddresses, ports }) => ({
        addresses: ips(addresses),
        notReadyAddresses: ips(notReadyAddresses),
        ports: tcpPorts(ports),
      })),
    });
  },
});
