/**
 * REPORT to a cluster: while this replica leads, statuses and events follow what the compiler and Envoy say. Nothing
 * of it is on the way of an edit to Envoy: a report waits for a moment of quiet, and for Envoy's acknowledgement.
 */
import type { Log } from "#base/log.ts";
import type { Client } from "../kube/client.ts";
import { pauseUnlessAborted, pauseUntil } from "../kube/pause.ts";
import type { Acknowledged } from "../replicas/acknowledged.ts";
import { type Others, openOthers } from "../replicas/others.ts";
import type { ReplicaPlace } from "../replicas/place.ts";
import { type EventWriter, openEventWriter } from "./events.ts";
import { openSurvey, type Survey, type SurveyOptions } from "./survey.ts";
import { createWaiting } from "./waiting.ts";
import { openStatusWriter } from "./writer.ts";

/** What a reporter looks at. */
export interface ReporterOptions extends Omit<SurveyOptions, "waiting"> {
  readonly client: Client;
  /** Where the instance is. */
  readonly place: ReplicaPlace;
  /** This replica's name among them. */
  readonly replica: string;
  /** By this replica's Envoy. */
  readonly acknowledged: Acknowledged;
  readonly log: Log;
}

/** Reports. */
export interface Reporter {
  /** Something may have changed, of which all diagnostics tell. */
  wake(): void;
  /** What is to be said of these objects, by `refKey`, may have changed. */
  changed(keys: Iterable<string>): void;
  /** Reports until the signal: this replica leads. */
  lead(signal: AbortSignal): Promise<void>;
  /** Names of the other replicas that live, while this one leads. */
  others(): readonly string[];
}

/** What is there while this replica leads. */
interface Leading {
  readonly others: Others;
  readonly survey: Survey;
  readonly events: EventWriter;
}

const quietMs = 200;
/** Looking takes so much of the time at most, where that lets people read within a second what is wrong. */
const mostShare = 1 / 10;
const longestRestMs = 600;
/** An Envoy that does not answer must not keep people from reading what is wrong. */
const servedWithinMs = 5000;
/** Looks for what nobody told of: a status that somebody else has changed. */
const lookAgainMs = 30_000;
/** The same, while something waits for a replica, which may have died, or for an API server. */
const lookSoonMs = 2000;

/** Opens a reporter. */
export function openReporter(options: ReporterOptions): Reporter {
  const { client, log, acknowledged, place, replica } = options;
  const writer = openStatusWriter(client, log);
  const waiting = createWaiting(log);
  let woken = Promise.withResolvers<void>();
  let live: Others["live"] = () => [];
  let current: Survey | undefined;
  let restMs = quietMs;

  async function look({ others, survey, events }: Leading, signal: AbortSignal): Promise<void> {
    const isSoon = waiting.size > 0 || writer.owes;
    await pauseUntil(woken.promise, isSoon ? lookSoonMs : lookAgainMs, signal);
    woken = Promise.withResolvers();
    await pauseUnlessAborted(restMs, signal);
    await pauseUntil(Promise.all([acknowledged.refresh(), others.known]), servedWithinMs, signal);
    if (signal.aborted) return;
    const own = { name: replica, acknowledged: acknowledged.now().versions, refusals: [] };
    const begun = performance.now();
    const looked = await survey.look([own, ...others.live()]);
    restMs = Math.min(Math.max(quietMs, (performance.now() - begun) / mostShare), longestRestMs);
    const writes = looked.flatMap(({ object, change }) => (object && change ? [{ object, change }] : []));
    await writer.write(writes, signal);
    survey.mark(await events.tell(looked, signal));
  }

  return {
    wake: () => woken.resolve(),
    changed(keys) {
      current?.mark(keys);
      woken.resolve();
    },
    others: () => live().map(({ name }) => name),
    async lead(signal) {
      const onChange = (isAsBefore: boolean): void => {
        if (!isAsBefore || waiting.size > 0) woken.resolve();
      };
      const others = openOthers({ client, place, self: replica, onChange, log });
      live = others.live;
      const survey = openSurvey({ ...options, waiting });
      current = survey;
      const events = openEventWriter(client, log, () => new Date().toISOString());
      const reporting = async () => {
        while (!signal.aborted) await look({ others, survey, events }, signal);
      };
      await Promise.all([others.follow(signal), reporting()]);
      survey.close();
      if (current === survey) current = undefined;
    },
  };
}
