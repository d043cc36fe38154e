/** A pod as far as a gateway sees one: an HTTP server on an address of its own, which says its name. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type LentAddress, lendAddress, lendAddress6 } from "./addresses.ts";

/** A running backend. */
export interface Backend {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Starts one that answers every request with its name and the request's path; `network` as for `lendAddress`. */
export async function startBackend(name: string, network?: string): Promise<Backend> {
  return serveAt(await lendAddress(network), name);
}

/** The same on an address of IPv6. */
export async function startBackend6(name: string): Promise<Backend> {
  return serveAt(await lendAddress6(), name);
}

/** The same where others have to be found that are no pods: on the address that `localhost` is. */
export function startLocalBackend(name: string): Promise<Backend> {
  return serveAt({ address: "127.0.0.1", giveBack: async () => undefined }, name);
}

async function serveAt(lent: LentAddress, name: string): Promise<Backend> {
  const server = createServer((request, response) => response.end(`${name} ${request.url}`));
  // A connection that closes as it is used again would be a failed request, and not the gateway's.
  server.keepAliveTimeout = 0;
  server.listen(0, lent.address);
  try {
    await once(server, "listening");
  } catch (error) {
    await lent.giveBack();
    throw error;
  }
  return {
    address: lent.address,
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await lent.giveBack();
    },
  };
}

/** A headless Service and the slice with its one endpoint. */
export function serviceOf(name: string, { address, port }: Backend, namespace = "default"): readonly object[] {
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace },
      spec: { clusterIP: "None", ports: [{ name: "http", port: 80, targetPort: port }] },
    },
    sliceOf(name, { address, port }, namespace),
  ];
}

/** The slice alone. */
export function sliceOf(
  service: string,
  { address, port }: Pick<Backend, "address" | "port">,
  namespace = "default",
): object {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `${service}-1`, namespace, labels: { "kubernetes.io/service-name": service } },
    addressType: "IPv4",
    ports: [{ name: "http", port }],
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
  };
}
