/**
 * Trust between the API server and the webhook: authorities in the Secret, their certificates in every definition, and
 * a certificate to show that the API server already believes. One look does what is missing; another one is due when
 * something changed, and after a while.
 */
import type { Log } from "#base/log.ts";
import type { Client } from "../../control/kube/client.ts";
import { clockSkewMs, type Lifetimes, signerOf, writeAuthorities } from "./authorities.ts";
import { type Identity, makeServerIdentity } from "./certificate.ts";
import { believedBy, type Definition, openDefinitionWriter, type ServicePlace } from "./definitions.ts";
import { sharedAuthorities } from "./secret.ts";

/** What trust is kept for. */
export interface TrustOptions {
  readonly client: Client;
  readonly place: ServicePlace;
  /** The name of the Secret. */
  readonly secret: string;
  readonly times: TrustTimes;
  readonly log: Log;
  /** There is another certificate to show; resolves when it is shown. */
  show(identity: Identity): Promise<void>;
  /** By how many definitions the API server finds the webhook and believes what it shows. */
  tell(trusted: Trusted): void;
  readonly signal: AbortSignal;
}

/** Definitions with something to convert. */
export interface Trusted {
  readonly by: number;
  readonly of: number;
}

/** In ms. */
export interface TrustTimes extends Lifetimes {
  /** How long after the last definition was written every API server has surely read it. */
  readonly settleMs: number;
}

/** Gives the function that looks at the definitions that there are; it rejects when the API server does not help. */
export function openTrust(options: TrustOptions): (all: Iterable<Definition>) => Promise<void> {
  const { client, place, times, log, signal } = options;
  const writer = openDefinitionWriter(client, place, log);
  const secret = { client, namespace: place.namespace, name: options.secret, lifetimes: times, log, signal };
  let believedSince: ReadonlyMap<string, number> = new Map();
  let shown: { readonly signer: string; readonly renewAt: number } | undefined;

  /** Shows a certificate of this authority, unless one is shown that is good for long enough. */
  async function showBy(signer: Identity, now: number): Promise<void> {
    if (shown?.signer === signer.certificate && now < shown.renewAt) return;
    const validity = { from: now - clockSkewMs, until: now + times.serverMs };
    await options.show(await makeServerIdentity(`${place.service}.${place.namespace}.svc`, signer, validity));
    shown = { signer: signer.certificate, renewAt: now + (times.serverMs * 2) / 3 };
  }

  return async (all) => {
    const now = Date.now();
    const authorities = await sharedAuthorities(secret, now);
    const convertible = [...all].filter(({ hasSeveralVersions }) => hasSeveralVersions);
    believedSince = stillBelieved(authorities, convertible, now);
    const isBelieved = ({ certificate }: Identity): boolean => {
      const since = believedSince.get(certificate);
      return since !== undefined && now - since >= times.settleMs;
    };
    const signer = signerOf(authorities, isBelieved);
    if (signer) await showBy(signer, now);
    const { certificates } = writeAuthorities(authorities);
    const strange = convertible.filter((definition) => believedBy(definition, place) !== certificates);
    const trusting = convertible.filter((one) => signer && believedBy(one, place).includes(signer.certificate));
    options.tell({ by: trusting.length, of: convertible.length });
    const written = await Promise.allSettled(strange.map((one) => writer.entrust(one, certificates, signal)));
    const failed = written.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
  };

  /** Since when every definition names an authority; one that some definition lacks begins anew. */
  function stillBelieved(authorities: readonly Identity[], convertible: readonly Definition[], now: number) {
    if (convertible.length === 0) return new Map<string, number>();
    const bundles = convertible.map((definition) => believedBy(definition, place));
    const named = authorities.filter(({ certificate }) => bundles.every((bundle) => bundle.includes(certificate)));
    return new Map(named.map(({ certificate }) => [certificate, believedSince.get(certificate) ?? now]));
  }
}
