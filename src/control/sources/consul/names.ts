/**
 * Instances that are registered under a name: Envoy takes endpoints by address only, so names are looked up here, each
 * time Consul answers. A name that cannot be looked up keeps the addresses that it had.
 */

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { errorCode } from "#base/error-code.ts";
import type { Endpoint } from "#compiler";
import type { Instance } from "./answer.ts";

/** Endpoints, and the names that have no address. */
export interface Located {
  readonly endpoints: readonly Endpoint[];
  readonly nowhere: readonly string[];
}

/** The addresses of a name; rejects when there are none. */
export type LookUp = (name: string) => Promise<readonly string[]>;

/** A slow answer must not keep the other instances waiting. */
const longestMs = 5000;

/** Turns instances into endpoints and remembers the addresses of names; one for each service. */
export function createLocator(lookUp: LookUp = lookUpInDns): (instances: readonly Instance[]) => Promise<Located> {
  let known = new Map<string, readonly string[]>();
  return async (instances) => {
    const names = [...new Set(instances.map(({ host }) => host).filter((host) => isIP(host) === 0))];
    const found = await Promise.all(
      names.map(async (name) => [name, (await inTime(lookUp, name)) ?? known.get(name) ?? []] as const),
    );
    known = new Map(found);
    const addresses = (host: string): readonly string[] => known.get(host) ?? [host];
    return {
      endpoints: instances.flatMap(({ host, port }) => addresses(host).map((address) => ({ address, port }))),
      nowhere: instances.flatMap(({ label, host }) =>
        addresses(host).length > 0 ? [] : [`${label} has the name ${host}, which has no address`],
      ),
    };
  };
}

async function lookUpInDns(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
}

/** Nothing when there is no answer, or none in time. */
async function inTime(lookUp: LookUp, name: string): Promise<readonly string[] | undefined> {
  const over = new AbortController();
  try {
    const late = pause(longestMs, undefined, { signal: over.signal, ref: false });
    return await Promise.race([lookUp(name), late]);
  } catch (error) {
    if (errorCode(error) !== undefined) return undefined;
    throw error;
  } finally {
    over.abort();
  }
}
