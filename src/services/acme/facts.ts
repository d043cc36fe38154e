/**
 * Gathers what `decide()` goes by: what is stored of a certificate, what this process remembers of it, and when its
 * authority wants it to be renewed.
 */
import { attemptKey, filledSpec } from "./acme-host.ts";
import { chanceOf } from "./chance.ts";
import type { Facts } from "./decide.ts";
import { isOutside } from "./outside.ts";
import type { StoredCertificate } from "./renewal.ts";
import { askRenewalInfo, type RenewalInfo } from "./renewal-info.ts";
import { accountKeyOf, withRegistration } from "./stored-facts.ts";
import { longestWaitMs, type Visit } from "./tender-state.ts";

/** All that is known now. */
export async function gatherFacts(visit: Visit): Promise<Facts> {
  const { tools, state, bundle, host, stored } = visit;
  const certificate = state.certificateOf(stored);
  const { failure, attempt } = stored;
  return {
    now: tools.now(),
    host: withRegistration(host, stored.account?.registration),
    source: "ACME",
    accountKey: await accountKeyOf(stored, tools.readKey),
    certificate,
    renewal: {
      wanted: bundle.names,
      chance: chanceOf(renewalIdOf(certificate) ?? state.key),
      info: await renewalInfo(visit, certificate),
    },
    failure: attempt === undefined || attempt === attemptKey(host, bundle.names) ? failure : undefined,
    lookedUp: state.lookedUp,
  };
}

/** When the authority wants it to be renewed; what it has told before is believed until it is to be asked again. */
async function renewalInfo(
  { tools, state, host }: Visit,
  certificate: StoredCertificate,
): Promise<RenewalInfo | undefined> {
  const id = renewalIdOf(certificate);
  if (id === undefined) return undefined;
  const before = state.info?.id === id ? state.info : undefined;
  if (before && tools.now() < before.askAt) return before.told;
  try {
    const told = await askRenewalInfo(tools.session(filledSpec(host).authority), id);
    state.info = { id, told, askAt: tools.now() + (told?.askAgainMs ?? longestWaitMs) };
  } catch (error) {
    if (!isOutside(error)) throw error;
    tools.log("debug", "the authority does not say when to renew", { secret: state.key, reason: error.message });
    state.info = { id, told: before?.told, askAt: tools.now() + longestWaitMs };
  }
  return state.info.told;
}

function renewalIdOf(certificate: StoredCertificate): string | undefined {
  return certificate.kind === "present" ? certificate.chain.renewalId : undefined;
}
