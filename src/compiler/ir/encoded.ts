/**
 * EMIT's result: a named Envoy resource as bytes, with a version that is a hash of its content.
 * Bytes are kept in parts so that one changed virtual host does not copy the others.
 */

/** The xDS resource types in use, by their short names. */
export const typeUrls = {
  cluster: "type.googleapis.com/envoy.config.cluster.v3.Cluster",
  endpoints: "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
  extension: "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
  secret: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
  listener: "type.googleapis.com/envoy.config.listener.v3.Listener",
  routes: "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
  scope: "type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration",
} as const;

/** Which xDS service a resource belongs to. */
export type ResourceType = keyof typeof typeUrls;

declare const encoded: unique symbol;

/**
 * Encoded bytes as text, a character from U+0000 to U+00FF for each. Tens of thousands of short ones are kept: as text
 * one takes its own length and some 16 bytes, as an array some 300 more, for the array, its buffer, and the memory
 * outside of the heap.
 */
export type Bytes = string & { readonly [encoded]: true };

/** One encoded resource. Concatenating `parts` gives the protobuf message. */
export interface Encoded {
  readonly type: ResourceType;
  readonly name: string;
  /** Hash of the content: equal versions mean equal bytes. */
  readonly version: string;
  readonly parts: readonly Bytes[];
  /** Scope only: what requests find it by. */
  readonly key?: string;
  /**
   * Scope only: those whose names begin so are relied on or covered by it. New ones among them are sent before it, and
   * ones that are gone are removed after it.
   */
  readonly around?: string;
  /** Cluster names that a route table names (one list per virtual host), or a listener's or an extension's. */
  readonly clusters?: readonly (readonly string[])[];
  /** Listener only: the route tables, or all scopes, that Envoy asks for once it has it. */
  readonly looksIn?: { readonly tables: readonly string[]; readonly scopes: boolean };
  /** Cluster only: the endpoints resource it subscribes to, if it is an EDS cluster. */
  readonly endpoints?: string;
  /** Cluster only: it warms slowly (active health checks, SDS or DNS), so it is sent apart and last. */
  readonly slow?: boolean;
  /** Cluster only: it has nothing to wait for, so it is warm as soon as Envoy has read it. */
  readonly immediate?: boolean;
}

/** The bytes of an array, to keep. */
export function toBytes(array: Uint8Array): Bytes {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("latin1") as Bytes;
}

/** All bytes of a resource in one array. */
export function encodedBytes(resource: Encoded): Uint8Array {
  return Buffer.from(resource.parts.join(""), "latin1");
}
