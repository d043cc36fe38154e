/**
 * The steps towards a certificate, each with the Events that tell of it. A step may be done again, by this process or
 * another one, from wherever it was left.
 */
import {
  type Account,
  hasContact,
  type Registration,
  readRegistration,
  registerAccount,
  updateContact,
} from "./account.ts";
import { newAccountKeyPem } from "./account-key.ts";
import { accountOf, type CertificateSpec, filledSpec } from "./acme-host.ts";
import type { Step } from "./decide.ts";
import type { Kept } from "./desk.ts";
import { eventTexts } from "./event-texts.ts";
import { watchNames } from "./name-watch.ts";
import type { Issued } from "./order.ts";
import { type Obtain, orderOnce } from "./order-once.ts";
import { isOutside } from "./outside.ts";
import { revokeAsAsked } from "./revocation.ts";
import type { Session } from "./session.ts";
import { refuseOthers, withRegistration } from "./stored-facts.ts";
import type { Visit } from "./tender-state.ts";

/** Does a step; says whether what came of it can be read at once. */
export function doStep(visit: Visit, step: Exclude<Step, { kind: "wait" }>): Promise<Kept> {
  const { tools, host } = visit;
  switch (step.kind) {
    case "fill-defaults":
      return fillDefaults(visit, step.spec);
    case "create-key":
      return tools.alone(accountOf(host), () => createKey(visit));
    case "register":
      return register(visit);
    case "obtain":
      return tools.ordering(filledSpec(host).authority, () => obtain(visit, step));
  }
}

async function fillDefaults({ tools: { desk }, bundle, host }: Visit, spec: CertificateSpec): Promise<Kept> {
  const kept = await desk.fillDefaults(host, spec);
  await desk.tell(bundle, eventTexts.waitingForDefaults);
  return kept;
}

async function createKey({ tools: { desk }, bundle, host, stored }: Visit): Promise<Kept> {
  // Another certificate's turn may have done it meanwhile.
  if ((await desk.read(bundle)).account) return "readable";
  await desk.tell(bundle, eventTexts.creatingKey);
  const owner = withRegistration(host, stored.account?.registration);
  // What the authority knew was another key's.
  if (owner.spec.acmeProvider?.registration) await desk.keepRegistration(owner, undefined);
  const kept = await desk.createKey(owner, newAccountKeyPem());
  await desk.tell(bundle, eventTexts.waitingForKey);
  return kept;
}

async function register(visit: Visit): Promise<Kept> {
  const { tools, bundle, host } = visit;
  const { desk } = tools;
  const { key, registration: before } = (await desk.read(bundle)).account ?? {};
  // Another certificate's turn may have done it meanwhile.
  if (key === undefined || before !== undefined) return "readable";
  await desk.tell(bundle, eventTexts.waitingForStatus);
  await desk.tell(bundle, eventTexts.registering);
  const registration = await tools.alone(accountOf(host), () => registrationOf(visit, key));
  await desk.tell(bundle, eventTexts.registered);
  const kept = await desk.keepRegistration(host, JSON.stringify(registration));
  await desk.tell(bundle, eventTexts.waitingForRegistration);
  return kept;
}

/** What the authority knows the account by; Hosts that share it ask once. */
async function registrationOf({ tools, host }: Visit, key: string): Promise<Registration> {
  const { authority, email } = filledSpec(host);
  await tools.desk.joinAccount(host);
  const account = accountOf(host);
  const known = tools.registrations.get(account);
  if (known?.key === key) return known.registration;
  const session = tools.session(authority);
  const { needsExternalAccount } = await session.directory();
  const { externalAccount } = tools.choice ?? {};
  const { registration } = await registerAccount(session, {
    key: await tools.readKey(key),
    ...(email ? { email } : {}),
    ...(needsExternalAccount && externalAccount ? { externalAccount } : {}),
  });
  tools.registrations.set(account, { key, registration });
  return registration;
}

async function obtain(visit: Visit, step: Obtain): Promise<Kept> {
  const { tools, state, bundle, host, stored } = visit;
  const { desk, log } = tools;
  const key = await tools.readKey(stored.account?.key ?? "");
  const registration = readRegistration(stored.account?.registration ?? "");
  // Somebody has damaged it; the authority knows the account by its key.
  if (!registration) return desk.keepRegistration(host, undefined);
  const session = tools.session(filledSpec(host).authority);
  refuseOthers(bundle, stored, state.certificateOf(stored));
  const account = await withContact(visit, session, { key, kid: registration.uri, registration });
  await desk.tell(bundle, eventTexts.needsUpdate(bundle, step.because));
  await desk.tell(bundle, eventTexts.performing(bundle));
  log("info", `performing ACME challenge: ${step.because}`, { secret: state.key, hostnames: bundle.names.join(" ") });
  const { chain, revoke } = stored.certificate ?? {};
  if (chain !== undefined && revoke !== undefined) await revokeAsAsked(session, account, chain, revoke);
  // From now on, so that a name that appears while the authority still fails to find it is noticed.
  state.watch = watchNames(bundle.names);
  const issued = await orderOnce({ session, account }, bundle, step, desk, tools.choice);
  if (!issued) {
    tools.registrations.delete(accountOf(host));
    return desk.keepRegistration(host, undefined);
  }
  await desk.keepCertificate(bundle, issued);
  noteObtained(visit, issued);
  return "readable";
}

/** The account with the address that its Host has now; whatever the authority thinks of that, it is no reason to wait. */
async function withContact({ tools, host }: Visit, session: Session, account: Account): Promise<Account> {
  const { email, accountSecret } = filledSpec(host);
  if (email === undefined || hasContact(account.registration, email)) return account;
  try {
    const updated = await updateContact(session, account, email);
    tools.registrations.delete(accountOf(host));
    await tools.desk.keepRegistration(host, JSON.stringify(updated.registration));
    tools.log("info", "the authority has another address for an account now", { secret: accountSecret });
    return updated;
  } catch (error) {
    if (!isOutside(error)) throw error;
    const text = "the authority does not take another address for an account, and keeps the one that it has";
    tools.log("warning", text, { secret: accountSecret, reason: error.message });
    return account;
  }
}

function noteObtained({ tools, state, bundle, stored }: Visit, issued: Issued): void {
  state.watch = undefined;
  state.lookedUp = {};
  state.obtainedAt = tools.now();
  const kept = state.certificateOf({ certificate: issued });
  const until = new Date(kept.kind === "present" ? kept.chain.notAfter : 0).toISOString();
  const was = stored.certificate?.chain ? "renewed" : "new";
  tools.log("info", "certificate obtained", { secret: state.key, hostnames: bundle.names.join(" "), until, was });
}
