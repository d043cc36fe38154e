/**
 * Looks after the certificate of one bundle of Hosts: asks what is to be done, does it, and says when to look again.
 * Whatever fails is a failure of this bundle alone.
 */
import type { Log } from "#base/log.ts";
import { type Registration, readRegistration, registerAccount } from "./account.ts";
import { type AccountKey, type ExternalAccount, newAccountKeyPem, UnusableKey } from "./account-key.ts";
import { type AcmeHost, attemptKey, type CertificateSpec, filledSpec, missingDefaults } from "./acme-host.ts";
import type { Bundle } from "./bundle.ts";
import { chanceOf } from "./chance.ts";
import { type Decision, decide, type Facts, type Step } from "./decide.ts";
import { type Desk, DeskAway, type Kept, NotKept, type Stored } from "./desk.ts";
import { eventTexts, obtainingFailed } from "./event-texts.ts";
import { lookEveryMs, type NameWatch, watchNames } from "./name-watch.ts";
import { type Obtain, type OrderChoice, orderOnce } from "./order-once.ts";
import { NoAuthority, OrderFailed, RequestRefused } from "./problem.ts";
import { renewalDue, type StoredCertificate } from "./renewal.ts";
import { askRenewalInfo, type RenewalInfo } from "./renewal-info.ts";
import { type LookedUp, nextFailure } from "./retry.ts";
import { revokeAsAsked } from "./revocation.ts";
import type { Session } from "./session.ts";
import { accountKeyOf, createCertificateReader, refuseOthers, withRegistration } from "./stored-facts.ts";

/** What a certificate is looked after with. */
export interface TenderTools {
  readonly desk: Desk;
  readonly log: Log;
  session(authority: string): Session;
  /** Works alone on an account, which several certificates may share. */
  alone<T>(owner: string, work: () => Promise<T>): Promise<T>;
  /** Orders when it is its turn. */
  ordering<T>(authority: string, work: () => Promise<T>): Promise<T>;
  /** Of accounts that this process has registered, by their keys: Hosts that share one ask once. */
  readonly registrations: Map<string, Registration>;
  /** Reads an account's key, once for all who share it; rejects with UnusableKey. */
  readKey(pem: string): Promise<AccountKey>;
  readonly choice?: AcmeChoice | undefined;
  readonly now: () => number;
  readonly chance: () => number;
}

/** What an operator decides for all certificates. */
export interface AcmeChoice extends OrderChoice {
  /** For authorities that make no account without one. */
  readonly externalAccount?: ExternalAccount;
}

/** Looks after one certificate. */
export interface Tender {
  /** Does what is to be done now; the time of the next look, unless something changes before. */
  look(bundle: Bundle): Promise<number>;
}

const longestWaitMs = 6 * 3_600_000;
/** What was kept is seen long before. */
const announcedMs = 30_000;
const awayMs = 5000;

/** Opens one. */
export function openTender(key: string, tools: TenderTools): Tender {
  const { desk, log, now, readKey } = tools;
  const certificateOf = createCertificateReader();
  let info: { readonly id: string; readonly askAt: number; readonly told?: RenewalInfo | undefined } | undefined;
  let watch: NameWatch | undefined;
  let lookedUp: LookedUp = {};
  let said = "";
  let obtainedAt = Number.NEGATIVE_INFINITY;
  let wasReady = true;
  let announced: { readonly bundle: string; readonly until: number } | undefined;

  async function renewalInfo(host: AcmeHost, certificate: StoredCertificate): Promise<RenewalInfo | undefined> {
    const id = certificate.kind === "present" ? certificate.chain.renewalId : undefined;
    if (id === undefined) return undefined;
    if (info?.id === id && now() < info.askAt) return info.told;
    try {
      const told = await askRenewalInfo(tools.session(filledSpec(host).authority), id);
      info = { id, told, askAt: now() + (told?.askAgainMs ?? longestWaitMs) };
    } catch (error) {
      if (!isOutside(error)) throw error;
      log("debug", "the authority does not say when to renew", { secret: key, reason: error.message });
      info = { id, told: info?.id === id ? info.told : undefined, askAt: now() + longestWaitMs };
    }
    return info.told;
  }

  async function factsOf(bundle: Bundle, host: AcmeHost, stored: Stored): Promise<Facts> {
    const certificate = certificateOf(stored);
    const id = certificate.kind === "present" ? certificate.chain.renewalId : undefined;
    const { failure, attempt } = stored;
    return {
      now: now(),
      host: withRegistration(host, stored.account?.registration),
      source: "ACME",
      accountKey: await accountKeyOf(stored, readKey),
      certificate,
      renewal: { wanted: bundle.names, chance: chanceOf(id ?? key), info: await renewalInfo(host, certificate) },
      failure: attempt === undefined || attempt === attemptKey(host, bundle.names) ? failure : undefined,
      lookedUp,
    };
  }

  async function fillDefaults(bundle: Bundle, host: AcmeHost, spec: CertificateSpec): Promise<Kept> {
    const kept = await desk.fillDefaults(host, spec);
    await desk.tell(bundle, eventTexts.waitingForDefaults);
    return kept;
  }

  /** Another certificate's turn may have done it meanwhile. */
  async function createKey(bundle: Bundle, host: AcmeHost): Promise<Kept> {
    if ((await desk.read(bundle)).account) return "readable";
    await desk.tell(bundle, eventTexts.creatingKey);
    // What the authority knew was another key's.
    if (host.spec.acmeProvider?.registration) await desk.keepRegistration(host, undefined);
    const kept = await desk.createKey(host, newAccountKeyPem());
    await desk.tell(bundle, eventTexts.waitingForKey);
    return kept;
  }

  /** What the authority knows the account by; Hosts that share it ask once. */
  async function registrationOf(host: AcmeHost, key: string): Promise<Registration> {
    const { authority, email } = filledSpec(host);
    await desk.joinAccount(host);
    const known = tools.registrations.get(key);
    if (known) return known;
    const session = tools.session(authority);
    const { needsExternalAccount } = await session.directory();
    const { externalAccount } = tools.choice ?? {};
    const request = {
      key: await readKey(key),
      ...(email ? { email } : {}),
      ...(needsExternalAccount && externalAccount ? { externalAccount } : {}),
    };
    const { registration } = await registerAccount(session, request);
    tools.registrations.set(key, registration);
    return registration;
  }

  async function register(bundle: Bundle, host: AcmeHost): Promise<Kept> {
    const { account } = await desk.read(bundle);
    const { key, registration: before } = account ?? {};
    // Another certificate's turn may have done it meanwhile.
    if (key === undefined || before !== undefined) return "readable";
    await desk.tell(bundle, eventTexts.waitingForStatus);
    await desk.tell(bundle, eventTexts.registering);
    const registration = await tools.alone(accountOf(host), () => registrationOf(host, key));
    await desk.tell(bundle, eventTexts.registered);
    const kept = await desk.keepRegistration(host, JSON.stringify(registration));
    await desk.tell(bundle, eventTexts.waitingForRegistration);
    return kept;
  }

  async function obtain(bundle: Bundle, host: AcmeHost, stored: Stored, step: Obtain): Promise<Kept> {
    const session = tools.session(filledSpec(host).authority);
    const accountKey = await readKey(stored.account?.key ?? "");
    const registration = readRegistration(stored.account?.registration ?? "");
    // Somebody has damaged it; the authority knows the account by its key.
    if (!registration) return desk.keepRegistration(host, undefined);
    const account = { key: accountKey, kid: registration.uri, registration };
    refuseOthers(bundle, stored, certificateOf(stored));
    await desk.tell(bundle, eventTexts.needsUpdate(bundle, step.because));
    await desk.tell(bundle, eventTexts.performing(bundle));
    log("info", `performing ACME challenge: ${step.because}`, { secret: key, hostnames: bundle.names.join(" ") });
    const { chain, revoke } = stored.certificate ?? {};
    if (chain !== undefined && revoke !== undefined) await revokeAsAsked(session, account, chain, revoke);
    // From now on, so that a name that appears while the authority still fails to find it is noticed.
    watch = watchNames(bundle.names);
    const issued = await orderOnce({ session, account }, bundle, step, desk, tools.choice);
    if (!issued) {
      tools.registrations.delete(stored.account?.key ?? "");
      return desk.keepRegistration(host, undefined);
    }
    await desk.keepCertificate(bundle, issued);
    [watch, lookedUp, obtainedAt] = [undefined, {}, now()];
    const kept = certificateOf({ certificate: issued });
    const until = new Date(kept.kind === "present" ? kept.chain.notAfter : 0).toISOString();
    const was = stored.certificate?.chain ? "renewed" : "new";
    log("info", "certificate obtained", { secret: key, hostnames: bundle.names.join(" "), until, was });
    return "readable";
  }

  function act(step: Exclude<Step, { kind: "wait" }>, bundle: Bundle, host: AcmeHost, stored: Stored): Promise<Kept> {
    const { authority } = filledSpec(host);
    switch (step.kind) {
      case "fill-defaults":
        return fillDefaults(bundle, host, step.spec);
      case "create-key":
        return tools.alone(accountOf(host), () =>
          createKey(bundle, withRegistration(host, stored.account?.registration)),
        );
      case "register":
        return register(bundle, host);
      case "obtain":
        return tools.ordering(authority, () => obtain(bundle, host, stored, step));
    }
  }

  async function wait(bundle: Bundle, step: Extract<Step, { kind: "wait" }>): Promise<number> {
    const askAt = info?.askAt ?? Number.POSITIVE_INFINITY;
    const until = Math.min(step.until ?? Number.POSITIVE_INFINITY, askAt, now() + longestWaitMs);
    if (!step.lookUp) return until;
    watch ??= watchNames(bundle.names);
    if (!(await watch.look())) return Math.min(until, now() + lookEveryMs);
    lookedUp = { ...lookedUp, changedAt: now() };
    return now();
  }

  async function report(bundle: Bundle, { status }: Decision): Promise<void> {
    await desk.report(bundle, status);
    const isReady = status.state === "Ready";
    if (isReady && !wasReady) await desk.tell(bundle, eventTexts.ready);
    wasReady = isReady;
  }

  async function failed(error: Outside, bundle: Bundle, host: AcmeHost, step: Step, last: Facts["failure"]) {
    const text = step.kind === "obtain" ? obtainingFailed(bundle, error.message) : error.message;
    const retryAfterMs = "retryAfterMs" in error ? error.retryAfterMs : undefined;
    const failure = nextFailure({ reason: text, at: now(), retryAfterMs }, last, tools.chance());
    await desk.keepFailure(bundle, failure, attemptKey(host, bundle.names));
    await desk.tell(bundle, eventTexts.failed(text));
    const detail = { secret: key, again: new Date(failure.at + failure.backOffMs).toISOString() };
    log(text === said ? "debug" : "warning", text, detail);
    said = text;
  }

  async function look(bundle: Bundle): Promise<number> {
    for (;;) {
      const host = bundle.hosts.find((one) => missingDefaults(one)) ?? bundle.hosts[0];
      if (!host) return Number.POSITIVE_INFINITY;
      const stored = await desk.read(bundle);
      const facts = await factsOf(bundle, host, stored);
      const decision = decide(facts);
      const { step } = decision;
      await report(bundle, decision);
      if (step.kind === "wait") {
        const next = await wait(bundle, step);
        if (next > now()) return next;
        continue;
      }
      const rested = obtainedAt + restMs(facts);
      if (step.kind === "obtain" && rested > now()) return rested;
      const { failure } = facts;
      if (failure && failure.at + failure.backOffMs > now()) lookedUp = { lastEarlyAt: now() };
      try {
        const kept = await act(step, bundle, host, stored);
        said = "";
        if (kept === "readable") continue;
        announced = { bundle: JSON.stringify(bundle), until: now() + announcedMs };
        return announced.until;
      } catch (error) {
        if (!isOutside(error)) throw error;
        await failed(error, bundle, host, step, failure);
      }
    }
  }

  return {
    async look(bundle) {
      // Until it is seen, what was kept would be done again.
      if (announced && announced.until > now() && announced.bundle === JSON.stringify(bundle)) return announced.until;
      announced = undefined;
      try {
        return await look(bundle);
      } catch (error) {
        if (!(error instanceof DeskAway)) throw error;
        log("debug", "what belongs to a certificate cannot be kept now", { secret: key, reason: error.message });
        return now() + awayMs;
      }
    },
  };
}

/**
 * How long a fresh certificate that serves is not replaced, whatever its dates and the authority say: a clock that is
 * wrong, here or there, must not order without end.
 */
function restMs({ certificate, renewal }: Facts): number {
  if (certificate.kind !== "present" || certificate.revoke !== undefined) return 0;
  if (!renewalDue(certificate, renewal).isGood) return 0;
  return Math.min(3_600_000, (certificate.chain.notAfter - certificate.chain.notBefore) / 3);
}

const accountOf = (host: AcmeHost): string => `${host.namespace}/${filledSpec(host).accountSecret}`;

type Outside = RequestRefused | OrderFailed | NoAuthority | UnusableKey | NotKept;

/** Whether a failure is the authority's, the network's or the user's, and not a bug. */
function isOutside(error: unknown): error is Outside {
  return [RequestRefused, OrderFailed, NoAuthority, UnusableKey, NotKept].some((kind) => error instanceof kind);
}
