/**
 * Many Envoys as far as the wire shows them, in a process of their own: each asks for everything over mutual TLS and
 * acknowledges what it gets.
 */
import { readFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import type { ResourceType } from "#compiler";
import { connectDeltaClient, type DeltaClient } from "../../processes/delta-client.ts";

/** What the measuring process says: so many more of these. */
export interface Crowd {
  readonly address: string;
  readonly count: number;
  readonly node: string;
  readonly files: { readonly certificate: string; readonly key: string; readonly authorities: string };
  /** What Envoy would learn from clusters and listeners. */
  readonly names: Readonly<Partial<Record<ResourceType, readonly string[]>>>;
}

const clients: DeltaClient[] = [];

process.on("message", ({ address, count, node, files, names }: Crowd) => {
  const [ca, key, certificate] = [files.authorities, files.key, files.certificate].map((file) => readFileSync(file));
  for (let i = 0; i < count; i++) {
    const credentials = grpc.credentials.createSsl(ca ?? null, key, certificate);
    const client = connectDeltaClient({ address, node, credentials });
    for (const [type, wanted] of Object.entries(names)) client.subscribe(type as ResourceType, wanted);
    clients.push(client);
  }
});
process.on("disconnect", () => process.exit());

// What has been counted is of no interest here.
setInterval(() => {
  for (const client of clients) client.take();
}, 1_000);
