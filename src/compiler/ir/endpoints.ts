/** The addresses behind one port of a Service: the endpoints lane, which no translation stage sees. */

/** One address that takes traffic. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** All ready endpoints of one Service port or service of Consul, sorted and without duplicates. */
export interface Endpoints {
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
}
