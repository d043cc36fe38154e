/**
 * Looks after the certificate of one bundle of Hosts: asks what is to be done, does it, and says when to look again.
 * Whatever fails is a failure of this bundle alone.
 */
import { attemptKey, missingDefaults } from "./acme-host.ts";
import type { Bundle } from "./bundle.ts";
import { type Decision, decide, type Facts, type Step } from "./decide.ts";
import { DeskAway } from "./desk.ts";
import { eventTexts, obtainingFailed } from "./event-texts.ts";
import { gatherFacts } from "./facts.ts";
import { lookEveryMs, watchNames } from "./name-watch.ts";
import { isOutside, type Outside } from "./outside.ts";
import { renewalDue } from "./renewal.ts";
import { nextFailure } from "./retry.ts";
import { doStep } from "./steps.ts";
import { longestWaitMs, openState, type TenderState, type TenderTools, type Visit } from "./tender-state.ts";

export type { AcmeChoice, TenderTools } from "./tender-state.ts";

/** Looks after one certificate. */
export interface Tender {
  /** Does what is to be done now; the time of the next look, unless something changes before. */
  look(bundle: Bundle): Promise<number>;
}

/** What was kept is seen long before. */
const announcedMs = 30_000;
const awayMs = 5000;

/** Opens one, by the name of the Secret that its certificate is in. */
export function openTender(key: string, tools: TenderTools): Tender {
  const state = openState(key);
  return {
    async look(bundle) {
      const { announced } = state;
      // Until it is seen, what was kept would be done again.
      const isAwaited = announced?.bundle === JSON.stringify(bundle) && announced.until > tools.now();
      if (announced && isAwaited) return announced.until;
      state.announced = undefined;
      try {
        return await lookUntilDone(tools, state, bundle);
      } catch (error) {
        if (!(error instanceof DeskAway)) throw error;
        const detail = { secret: key, reason: error.message };
        tools.log("debug", "what belongs to a certificate cannot be kept now", detail);
        return tools.now() + awayMs;
      }
    },
  };
}

/** Does one step after the other, until there is nothing to do or what was done is yet to be seen. */
async function lookUntilDone(tools: TenderTools, state: TenderState, bundle: Bundle): Promise<number> {
  for (;;) {
    const host = bundle.hosts.find((one) => missingDefaults(one)) ?? bundle.hosts[0];
    if (!host) return Number.POSITIVE_INFINITY;
    const visit = { tools, state, bundle, host, stored: await tools.desk.read(bundle) };
    const facts = await gatherFacts(visit);
    const decision = decide(facts);
    await report(visit, decision);
    const next = await obey(visit, facts, decision.step);
    if (next > tools.now()) return next;
  }
}

/** Does what was decided, and gives when to look again: in the past when there is more to do at once. */
async function obey(visit: Visit, facts: Facts, step: Step): Promise<number> {
  const { tools, state, bundle } = visit;
  if (step.kind === "wait") return wait(visit, step);
  const rested = state.obtainedAt + restMs(facts);
  if (step.kind === "obtain" && rested > tools.now()) return rested;
  const { failure } = facts;
  if (failure && failure.at + failure.backOffMs > tools.now()) state.lookedUp = { lastEarlyAt: tools.now() };
  try {
    const kept = await doStep(visit, step);
    state.said = "";
    if (kept === "readable") return atOnce;
    state.announced = { bundle: JSON.stringify(bundle), until: tools.now() + announcedMs };
    return state.announced.until;
  } catch (error) {
    if (!isOutside(error)) throw error;
    await noteFailure(visit, error, step, failure);
    return atOnce;
  }
}

const atOnce = Number.NEGATIVE_INFINITY;

/** Looks names up where somebody waits for them. */
async function wait({ tools, state, bundle }: Visit, step: Extract<Step, { kind: "wait" }>): Promise<number> {
  const askAt = state.info?.askAt ?? Number.POSITIVE_INFINITY;
  const until = Math.min(step.until ?? Number.POSITIVE_INFINITY, askAt, tools.now() + longestWaitMs);
  if (!step.lookUp) return until;
  state.watch ??= watchNames(bundle.names);
  if (!(await state.watch.look())) return Math.min(until, tools.now() + lookEveryMs);
  state.lookedUp = { ...state.lookedUp, changedAt: tools.now() };
  return atOnce;
}

async function report({ tools: { desk }, state, bundle }: Visit, { status }: Decision): Promise<void> {
  await desk.report(bundle, status);
  const isReady = status.state === "Ready";
  if (isReady && !state.wasReady) await desk.tell(bundle, eventTexts.ready);
  state.wasReady = isReady;
}

async function noteFailure(visit: Visit, error: Outside, step: Step, last: Facts["failure"]): Promise<void> {
  const { tools, state, bundle, host } = visit;
  const { desk, log, now, chance } = tools;
  const text = step.kind === "obtain" ? obtainingFailed(bundle, error.message) : error.message;
  const retryAfterMs = "retryAfterMs" in error ? error.retryAfterMs : undefined;
  const failure = nextFailure({ reason: text, at: now(), retryAfterMs }, last, chance());
  await desk.keepFailure(bundle, failure, attemptKey(host, bundle.names));
  await desk.tell(bundle, eventTexts.failed(text));
  const again = new Date(failure.at + failure.backOffMs).toISOString();
  log(text === state.said ? "debug" : "warning", text, { secret: state.key, again });
  state.said = text;
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
