/**
 * Connections to one API server. They belong to the identity that they were made with: when its certificates change,
 * new ones are made and the old ones end with their last request.
 */
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import type { Access, Identity } from "./access.ts";

/** Gives connections. */
export interface Connections {
  for(identity: Identity): Dispatcher;
  /** Ends all, with what is under way on them. */
  close(): Promise<void>;
}

const connectTimeoutMs = 5000;
const keepAliveProbeMs = 30_000;

/** The connections of an access. */
export function openConnections(access: Access): Connections {
  let made: { readonly key: string; readonly dispatcher: Dispatcher } | undefined;
  const leaving = new Set<Dispatcher>();

  function leave(dispatcher: Dispatcher): void {
    leaving.add(dispatcher);
    void dispatcher.close().then(() => leaving.delete(dispatcher));
  }

  return {
    for(identity) {
      const key = JSON.stringify([identity.ca, identity.certificate]);
      if (made?.key === key) return made.dispatcher;
      if (made) leave(made.dispatcher);
      made = { key, dispatcher: connect(access, identity) };
      return made.dispatcher;
    },
    async close() {
      await Promise.all([...leaving, ...(made ? [made.dispatcher] : [])].map((each) => each.destroy()));
    },
  };
}

function connect(access: Access, { ca, certificate }: Identity): Dispatcher {
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate.chain, key: certificate.key }),
    ...(access.serverName === undefined ? {} : { servername: access.serverName }),
    rejectUnauthorized: access.insecure !== true,
  };
  const own = { timeout: connectTimeoutMs, keepAlive: true, keepAliveInitialDelay: keepAliveProbeMs };
  // Each watch has a connection of its own: one that is slow to be read must not hold the others up.
  if (access.proxy === undefined) return new Agent({ connect: { ...tls, ...own }, pipelining: 1, allowH2: false });
  return new ProxyAgent({ uri: access.proxy, requestTls: { ...tls, ...own }, allowH2: false });
}
