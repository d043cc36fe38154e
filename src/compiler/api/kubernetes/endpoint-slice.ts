/**
 * EndpointSlice: some of the addresses behind a Service.
 */
import { ok } from "#base/diagnostic.ts";
import type { Resource } from "../resource.ts";
import {
  boolean,
  defaulted,
  enumOf,
  integer,
  list,
  object,
  optional,
  required,
  type Static,
  string,
} from "../schema/index.ts";
import { coreKind, tcpPorts } from "./narrow.ts";

const slicePort = object(
  {
    name: optional(string(), "Name of the Service's port."),
    port: optional(integer({ min: 1, max: 65535 }), "Port of the endpoints."),
    protocol: defaulted(string(), "TCP", "Protocol."),
  },
  { open: true },
);

const conditions = object(
  {
    ready: optional(boolean(), "Takes new connections."),
    serving: optional(boolean(), "Answers."),
    terminating: optional(boolean(), "Is going away."),
  },
  { open: true },
);

const sliceEndpoint = object(
  {
    addresses: required(list(string()), "Addresses, all of the same endpoint."),
    conditions: optional(conditions, "State."),
    zone: optional(string(), "Zone."),
  },
  { open: true },
);

const body = object(
  {
    addressType: defaulted(enumOf("IPv4", "IPv6", "FQDN"), "IPv4", "Type of the addresses."),
    ports: optional(list(slicePort), "Ports."),
    endpoints: optional(list(sliceEndpoint), "Endpoints."),
  },
  { open: true },
);

export type SlicePort = Static<typeof slicePort>;

/** One endpoint of a slice; unknown conditions count as ready, as Kubernetes defines. */
export interface SliceEndpoint {
  readonly addresses: readonly string[];
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zone?: string;
}

/** What is read of an EndpointSlice. */
export interface EndpointSliceSpec {
  /** Name of the Service, in the slice's namespace. */
  readonly service: string;
  readonly addressType: "IPv4" | "IPv6" | "FQDN";
  readonly ports: readonly SlicePort[];
  readonly endpoints: readonly SliceEndpoint[];
}

export type EndpointSlice = Resource<"EndpointSlice", EndpointSliceSpec>;

/** The kind EndpointSlice. A slice of no Service is of no use. */
export const endpointSlice = coreKind({
  kind: "EndpointSlice",
  group: "discovery.k8s.io",
  versions: ["v1beta1", "v1"],
  body,
  narrow({ addressType, ports, endpoints = [] }, raw) {
    const service = raw.labels["kubernetes.io/service-name"];
    if (service === undefined) return { diagnostics: [] };
    return ok<EndpointSliceSpec>({
      service,
      addressType,
      ports: tcpPorts(ports),
      endpoints: endpoints.map(narrowEndpoint),
    });
  },
});

function narrowEndpoint({ addresses, conditions = {}, zone }: Static<typeof sliceEndpoint>): SliceEndpoint {
  const { ready = true, terminating = false } = conditions;
  const serving = conditions.serving ?? ready;
  return { addresses, ready, serving, terminating, ...(zone === undefined ? {} : { zone }) };
}
