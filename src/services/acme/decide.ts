/**
 * What a Host's status says and what is to be done next, from all that is known of it now. Pure: called again after
 * every change and every step, it goes through the phases from wherever things are, so that a process that ends at
 * any point leaves nothing that the next one would not pick up.
 */
import {
  type AcmeHost,
  type CertificateSource,
  type CertificateSpec,
  missingDefaults,
  orderedName,
} from "./acme-host.ts";
import { type Failure, failureFields, type HostStatus, type Phase } from "./host-status.ts";
import { type RenewalContext, renewalDue, type StoredCertificate } from "./renewal.ts";
import { failureKind, type LookedUp, missingSecretMs, retryAt } from "./retry.ts";

/** What to do. */
export type Step =
  | { readonly kind: "fill-defaults"; readonly spec: CertificateSpec }
  | { readonly kind: "create-key" }
  | { readonly kind: "register" }
  | { readonly kind: "obtain"; readonly because: string; readonly replaces?: string }
  /** Nothing until then, or for ever; where names do not resolve, they are looked up meanwhile. */
  | { readonly kind: "wait"; readonly until?: number; readonly lookUp: boolean };

/** What is known of a Host. */
export interface Facts {
  readonly now: number;
  readonly host: AcmeHost;
  readonly source: CertificateSource;
  /** Whether the Secret of its account holds a key. */
  readonly accountKey: { readonly kind: "missing" | "present" } | { readonly kind: "broken"; readonly why: string };
  readonly certificate: StoredCertificate;
  readonly renewal: RenewalContext;
  /** The last attempt, if it failed and neither spec nor Secrets have changed since. */
  readonly failure?: Failure | undefined;
  readonly lookedUp: LookedUp;
}

/** What follows. */
export interface Decision {
  readonly status: HostStatus;
  readonly step: Step;
}

const phases: readonly Phase[] = [
  "NA",
  "DefaultsFilled",
  "ACMEUserPrivateKeyCreated",
  "ACMEUserRegistered",
  "ACMECertificateChallenge",
];
const order: Readonly<Record<Exclude<Step["kind"], "wait">, number>> = {
  "fill-defaults": 0,
  "create-key": 1,
  register: 2,
  obtain: 3,
};

/** Decides. */
export function decide(facts: Facts): Decision {
  const { source } = facts;
  if (source === "None") return { status: { tlsCertificateSource: source, state: "Ready" }, step: forEver };
  if (source === "Other") return decideOther(facts);
  if (orderedName(facts.host.spec) === undefined) return impossible(facts);
  const next = nextStep(facts);
  const { failure, accountKey } = facts;
  if (next.kind === "create-key" && accountKey.kind === "broken") return brokenKey(facts, accountKey.why);
  const until = failure && next.kind !== "wait" ? retryAt(failure, facts.lookedUp) : 0;
  if (failure === undefined || facts.now >= until) return { status: statusOf(facts, next), step: next };
  const status: HostStatus = { tlsCertificateSource: source, state: "Error", ...at(next), ...failureFields(failure) };
  return { status, step: { kind: "wait", until, lookUp: failureKind(failure.reason) === "names" } };
}

/** The first thing that is missing. */
function nextStep({ now, host, accountKey, certificate, renewal }: Facts): Step {
  const spec = missingDefaults(host);
  if (spec) return { kind: "fill-defaults", spec };
  const due = renewalDue(certificate, renewal);
  // A certificate that serves needs no account until it is to be renewed.
  if (due.isGood && due.at > now) return { kind: "wait", until: due.at, lookUp: false };
  if (accountKey.kind !== "present") return { kind: "create-key" };
  if (!host.spec.acmeProvider?.registration) return { kind: "register" };
  const replaces = replacedBy(certificate, renewal);
  return { kind: "obtain", because: due.because, ...(replaces === undefined ? {} : { replaces }) };
}

/** The certificate that a new one takes the place of: it must have a name in common (RFC 9773 section 5). */
function replacedBy(certificate: StoredCertificate, { wanted }: RenewalContext): string | undefined {
  if (certificate.kind !== "present") return undefined;
  return certificate.chain.names.some((name) => wanted.includes(name)) ? certificate.chain.renewalId : undefined;
}

/** While a certificate is renewed without trouble, the one before it serves, and nobody waits for anything. */
function statusOf(facts: Facts, next: Step): HostStatus {
  const { source: tlsCertificateSource, certificate, renewal, failure, now } = facts;
  const isGood = certificate.kind === "present" && renewalDue(certificate, renewal).isGood;
  const isServed = isGood && certificate.chain.notAfter > now && failure === undefined;
  if (next.kind === "wait" || (isServed && next.kind !== "fill-defaults")) {
    return { tlsCertificateSource, state: "Ready" };
  }
  return { tlsCertificateSource, state: "Pending", ...at(next) };
}

function at(step: Step): Pick<HostStatus, "phaseCompleted" | "phasePending"> {
  if (step.kind === "wait") return {};
  const [phaseCompleted, phasePending] = phases.slice(order[step.kind]);
  return { ...(phaseCompleted ? { phaseCompleted } : {}), ...(phasePending ? { phasePending } : {}) };
}

const forEver: Step = { kind: "wait", lookUp: false };

/** The Secret is somebody else's to make, whom nobody asks; it is seen as soon as it is there. */
function decideOther(facts: Facts): Decision {
  const { certificate, source: tlsCertificateSource } = facts;
  if (certificate.kind === "present") return { status: { tlsCertificateSource, state: "Ready" }, step: forEver };
  const reason =
    certificate.kind === "missing" ? "tlsSecret does not exist" : `tlsSecret is not usable: ${certificate.why}`;
  return { status: standing(facts, reason, missingSecretMs), step: forEver };
}

function impossible(facts: Facts): Decision {
  const { hostname } = facts.host.spec;
  const reason = `an authority issues certificates for exact host names alone, and ${JSON.stringify(hostname)} is none`;
  return { status: standing(facts, reason, 0), step: forEver };
}

/** It may be somebody's only copy of an account, so that nothing is put in its place. */
function brokenKey(facts: Facts, why: string): Decision {
  const status = standing(facts, `privateKeySecret is not usable: ${why}`, 0);
  return { status: { ...status, ...at({ kind: "create-key" }) }, step: forEver };
}

/** An error that lasts as long as its cause, and began when it was first seen. */
function standing({ source, failure, now }: Facts, reason: string, backOffMs: number): HostStatus {
  const since = failure?.reason === reason ? failure.at : now;
  const phaseCompleted = "DefaultsFilled";
  const { errorReason, errorTimestamp, errorBackoff } = failureFields({ reason, at: since, backOffMs });
  return {
    tlsCertificateSource: source,
    state: "Error",
    phaseCompleted,
    ...(errorReason === undefined ? {} : { errorReason }),
    ...(errorTimestamp === undefined ? {} : { errorTimestamp }),
    ...(backOffMs > 0 && errorBackoff !== undefined ? { errorBackoff } : {}),
  };
}
