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
  /** Why the API server cannot convert yet; undefined when it can. */
  tell(unready: string | undefined): void;
  readonly signal: AbortSignal;
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
    believedSince = stillBelieved(authorities, convertible);
    const isBelieved = ({ certificate }: Identity): boolean =>
      now - (believedSince.get(certificate) ?? now) >= times.settleMs;
    const signer = signerOf(authorities, isBelieved);
    if (signer) await showBy(signer, now);
    const { certificates } = writeAuthorities(authorities);
    const strange = convertible.filter((definition) => believedBy(definition, place) !== certificates);
    options.tell(unreadiness(convertible, strange));
    const written = await Promise.allSettled(strange.map((one) => writer.entrust(one, certificates, signal)));
    const failed = written.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
  };

  /** Since when every definition names an authority; one that some definition lacks begins anew. */
  function stillBelieved(authorities: readonly Identity[], convertible: readonly Definition[]) {
    const now = Date.now();
    const bundles = convertible.map((definition) => believedBy(definition, place));
    const named = authorities.filter(({ certificate }) => bundles.every((bundle) => bundle.includes(certificate)));
    if (convertible.length === 0) return new Map<string, number>();
    return new Map(named.map(({ certificate }) => [certificate, believedSince.get(certificate) ?? now]));
  }
}

function unreadiness(convertible: readonly Definition[], strange: readonly Definition[]): string | undefined {
  if (convertible.length === 0) return "there are no definitions with several versions";
  const [first] = strange;
  return first && `${first.name} does not name this webhook yet`;
}
