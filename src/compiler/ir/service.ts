/** What linking needs to know of a Service, apart from its endpoints, and where endpoints are found. */

import type { ResourceRef } from "#base/origin.ts";

/** A port of a Service. */
export interface ServicePortFacts {
  readonly name: string;
  readonly port: number;
  readonly targetPort?: number | string;
}

/** A Service without its endpoints. */
export interface ServiceFacts {
  readonly ports: readonly ServicePortFacts[];
  readonly clusterIp?: string;
  readonly externalName?: string;
}

/** Some addresses of a Service, with the ports they listen on by name. */
export interface AddressSet {
  /** `namespace/name` of the Service. */
  readonly service: string;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  /** Those that are ready to take traffic. */
  readonly addresses: readonly string[];
  /** Those that still take some although they are going away: better than nobody. */
  readonly leaving: readonly string[];
}

/** The Service through which the gateway itself is reached. */
export interface OwnService {
  readonly ref: ResourceRef;
  /** Ports of the gateway's pods; unknown where one of them is named. */
  readonly targets: readonly number[] | "unknown";
}
