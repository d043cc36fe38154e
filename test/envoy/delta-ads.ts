/** Delta ADS as a gRPC service whose messages stay bytes: what stand-ins for our own server are made of. */

const pass = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The service with its one method. */
export const deltaAds = {
  DeltaAggregatedResources: {
    path: "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources",
    requestStream: true,
    responseStream: true,
    requestSerialize: pass,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: pass,
    responseDeserialize: (bytes: Buffer) => bytes,
  },
} as const;
