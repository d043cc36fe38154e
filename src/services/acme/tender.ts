/**
 * Looks after the certificate of one bundle of Hosts in a run without a cluster: asks what is to be done, does it,
 * and says when to look again. Whatever fails is a failure of this bundle alone.
 */
import type { Log } from "#base/log.ts";
import { type Account, readRegistration, registerAccount } from "./account.ts";
import { newAccountKeyPem, readAccountKey, UnusableKey } from "./account-key.ts";
import { type AcmeHost, attemptKey, filledSpec, missingDefaults } from "./acme-host.ts";
import type { Bundle } from "./bundle.ts";
import { isKeyOf, readChain } from "./chain.ts";
import { chanceOf } from "./chance.ts";
import { type Decision, decide, type Facts, type Step } from "./decide.ts";
import { obtainingFailed } from "./event-texts.ts";
import { lookEveryMs, type NameWatch, watchNames } from "./name-watch.ts";
import { type ChallengeBoard, obtainCertificate } from "./order.ts";
import { isProblem, NoAuthority, OrderFailed, RequestRefused } from "./problem.ts";
import { renewalDue, type StoredCertificate } from "./renewal.ts";
import { askRenewalInfo, type RenewalInfo } from "./renewal-info.ts";
import { type LookedUp, nextFailure } from "./retry.ts";
import type { Session } from "./session.ts";
import type { AcmeStore, StoredAccount, StoredBundle } from "./store.ts";

/** What a certificate is looked after with. */
export interface TenderTools {
  readonly store: AcmeStore;
  readonly board: ChallengeBoard;
  readonly log: Log;
  session(authority: string): Session;
  /** Works alone on an account, which several certificates may share. */
  alone<T>(owner: string, work: () => Promise<T>): Promise<T>;
  /** A certificate is there that was not before; resolves when it is served. */
  onObtained(bundle: Bundle, certificate: { readonly chain: string; readonly key: string }): Promise<void>;
  readonly now: () => number;
  readonly chance: () => number;
}

/** Looks after one certificate. */
export interface Tender {
  /** Does what is to be done now; the time of the next look. */
  look(bundle: Bundle): Promise<number>;
}

const longestWaitMs = 6 * 3_600_000;

/** Opens one. */
export function openTender(key: string, tools: TenderTools): Tender {
  const { store, log, now } = tools;
  let info: { readonly id: string; readonly askAt: number; readonly told?: RenewalInfo | undefined } | undefined;
  let watch: NameWatch | undefined;
  let lookedUp: LookedUp = {};
  let said = "";
  let obtainedAt = Number.NEGATIVE_INFINITY;

  async function renewalInfo(bundle: Bundle, certificate: StoredCertificate): Promise<RenewalInfo | undefined> {
    const id = certificate.kind === "present" ? certificate.chain.renewalId : undefined;
    const [host] = bundle.hosts;
    if (id === undefined || !host) return undefined;
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

  async function factsOf(
    bundle: Bundle,
    host: AcmeHost,
    stored: StoredBundle,
    account?: StoredAccount,
  ): Promise<Facts> {
    const certificate = storedCertificate(stored);
    const id = certificate.kind === "present" ? certificate.chain.renewalId : undefined;
    return {
      now: now(),
      host: asFilled(host, account?.registration),
      source: "ACME",
      accountKey: { kind: account ? "present" : "missing" },
      certificate,
      renewal: { wanted: bundle.names, chance: chanceOf(id ?? key), info: await renewalInfo(bundle, certificate) },
      failure: stored.attempt === attemptKey(host, bundle.names) ? stored.failure : undefined,
      lookedUp,
    };
  }

  /** Another certificate's turn may have done it meanwhile. */
  async function prepareAccount(
    kind: "create-key" | "register",
    owner: string,
    authority: string,
    email: string | undefined,
  ): Promise<void> {
    const account = await store.account(owner);
    if (kind === "create-key") return account ? undefined : store.writeAccount(owner, { key: newAccountKeyPem() });
    if (!account || account.registration !== undefined) return;
    const request = { key: await readAccountKey(account.key), ...(email ? { email } : {}) };
    const { registration } = await registerAccount(tools.session(authority), request);
    await store.writeAccount(owner, { ...account, registration: JSON.stringify(registration) });
  }

  async function act(step: Step, bundle: Bundle, host: AcmeHost, stored: StoredBundle): Promise<void> {
    const { accountSecret, authority, email } = filledSpec(host);
    const owner = `${host.namespace}/${accountSecret}`;
    if (step.kind === "create-key" || step.kind === "register") {
      return tools.alone(owner, () => prepareAccount(step.kind, owner, authority, email));
    }
    const account = await store.account(owner);
    if (!account) throw new UnusableKey("the key of the account is gone");
    const accountKey = await readAccountKey(account.key);
    const session = tools.session(authority);
    if (step.kind !== "obtain") return;
    const registration = readRegistration(account.registration ?? "");
    // Somebody has damaged it; the authority knows the account by its key.
    if (!registration) return store.writeAccount(owner, { key: account.key });
    log("info", `performing ACME challenge: ${step.because}`, { secret: key, hostnames: bundle.names.join(" ") });
    const orderer = { session, board: tools.board, account: { key: accountKey, kid: registration.uri, registration } };
    const issued = await orderOnce(orderer, bundle, step, () => store.writeAccount(owner, { key: account.key }));
    if (!issued) return;
    await store.writeBundle(key, { chain: issued.chain, key: issued.key });
    [watch, lookedUp, obtainedAt] = [undefined, {}, now()];
    await tools.onObtained(bundle, issued);
    const until = new Date(readChain(issued.chain)?.notAfter ?? 0).toISOString();
    log("info", "certificate obtained", {
      secret: key,
      hostnames: bundle.names.join(" "),
      until,
      was: stored.chain ? "renewed" : "new",
    });
  }

  async function wait(bundle: Bundle, { step }: Decision): Promise<number> {
    if (step.kind !== "wait") return now();
    const askAt = info?.askAt ?? Number.POSITIVE_INFINITY;
    const until = Math.min(step.until ?? Number.POSITIVE_INFINITY, askAt, now() + longestWaitMs);
    if (!step.lookUp) return until;
    watch ??= watchNames(bundle.names);
    if (!(await watch.look())) return Math.min(until, now() + lookEveryMs);
    lookedUp = { ...lookedUp, changedAt: now() };
    return now();
  }

  return {
    async look(bundle) {
      const [host] = bundle.hosts;
      if (!host) return Number.POSITIVE_INFINITY;
      for (;;) {
        const stored = (await store.bundle(key)) ?? {};
        const account = await store.account(`${host.namespace}/${filledSpec(host).accountSecret}`);
        const facts = await factsOf(bundle, host, stored, account);
        const decision = decide(facts);
        const next = await wait(bundle, decision);
        if (decision.step.kind === "wait") {
          if (next > now()) return next;
          continue;
        }
        const rested = obtainedAt + restMs(facts);
        if (decision.step.kind === "obtain" && rested > now()) return rested;
        const { failure } = facts;
        if (failure && failure.at + failure.backOffMs > now()) lookedUp = { lastEarlyAt: now() };
        try {
          await act(decision.step, bundle, host, stored);
          said = "";
        } catch (error) {
          if (!isOutside(error)) throw error;
          const text = decision.step.kind === "obtain" ? obtainingFailed(bundle, error.message) : error.message;
          const retryAfterMs = "retryAfterMs" in error ? error.retryAfterMs : undefined;
          const failed = nextFailure({ reason: text, at: now(), retryAfterMs }, failure, tools.chance());
          const kept = (await store.bundle(key)) ?? {};
          await store.writeBundle(key, { ...kept, failure: failed, attempt: attemptKey(host, bundle.names) });
          const detail = { secret: key, again: new Date(failed.at + failed.backOffMs).toISOString() };
          log(text === said ? "debug" : "warning", text, detail);
          said = text;
        }
      }
    },
  };
}

/**
 * How long a fresh certificate that serves is not replaced, whatever its dates and the authority say: a clock that is
 * wrong, here or there, must not order without end.
 */
function restMs({ certificate, renewal }: Facts): number {
  if (certificate.kind !== "present" || !renewalDue(certificate, renewal).isGood) return 0;
  return Math.min(3_600_000, (certificate.chain.notAfter - certificate.chain.notBefore) / 3);
}

type Orderer = Parameters<typeof obtainCertificate>[0] & { readonly account: Account };

/** An authority that does not know the account any more is asked for a new one first. */
async function orderOnce(
  orderer: Orderer,
  { names }: Bundle,
  step: Extract<Step, { readonly kind: "obtain" }>,
  forget: () => Promise<void>,
) {
  try {
    return await obtainCertificate(orderer, {
      names,
      ...(step.replaces === undefined ? {} : { replaces: step.replaces }),
    });
  } catch (error) {
    if (!(error instanceof RequestRefused && isProblem(error.problem, "accountDoesNotExist"))) throw error;
    await forget();
    return undefined;
  }
}

/** A file is no place to write defaults back to: what is meant is as good as written. */
function asFilled(host: AcmeHost, registration: string | undefined): AcmeHost {
  const spec = { ...host.spec, ...missingDefaults(host) };
  const acmeProvider = { ...spec.acmeProvider, ...(registration === undefined ? {} : { registration }) };
  return { ...host, spec: { ...spec, acmeProvider } };
}

function storedCertificate({ chain: pem, key }: StoredBundle): StoredCertificate {
  if (pem === undefined || key === undefined) return { kind: "missing" };
  const chain = readChain(pem);
  return chain
    ? { kind: "present", chain, isKeyOf: isKeyOf(key, chain) }
    : { kind: "broken", why: "it is no certificate" };
}

type Outside = RequestRefused | OrderFailed | NoAuthority | UnusableKey;

/** Whether a failure is the authority's, the network's or the user's, and not a bug. */
function isOutside(error: unknown): error is Outside {
  return [RequestRefused, OrderFailed, NoAuthority, UnusableKey].some((kind) => error instanceof kind);
}
