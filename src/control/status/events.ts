/**
 * Tells about problems by Events, which `kubectl describe` shows: one for each problem of an object, counted up when
 * the same is told again.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import { errorFields, type Log } from "#base/log.ts";
import type { Client } from "../kube/client.ts";
import { type ObjectEvent, recordEvent } from "../kube/event.ts";
import { isOutside } from "../kube/outside.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import type { Looked } from "./survey.ts";

/** Writes Events. */
export interface EventWriter {
  /** Tells what is new of all that is wrong with some objects, and gives those of which something is left to tell. */
  tell(looked: readonly Looked[], signal: AbortSignal): Promise<readonly string[]>;
}

const component = "dragoman";
const mostAtOnce = 100;
const quietMs = 60_000;

/** Opens a writer; `now` gives ISO times. */
export function openEventWriter(client: Client, log: Log, now: () => string): EventWriter {
  /** By object, what is wrong with it and need not be told again. */
  const told = new Map<string, Set<string>>();
  let quietUntil = 0;
  let isFailing = false;

  /** Leaves the server alone for a while; rights may come, also because it has only just begun. */
  function fail(error: unknown): void {
    if (!isOutside(error)) throw error;
    quietUntil = performance.now() + quietMs;
    if (!isFailing) log("warning", "events cannot be written; problems are only logged", errorFields(error));
    isFailing = true;
  }

  return {
    async tell(looked, signal) {
      const fresh = looked.flatMap((one) => newsOf(one, told));
      let done = 0;
      try {
        for (; done < Math.min(fresh.length, mostAtOnce) && performance.now() >= quietUntil; done++) {
          await recordEvent(client, eventOf(fresh[done] as News), now(), signal);
          isFailing = false;
        }
      } catch (error) {
        if (!signal.aborted) fail(error);
      }
      // The rest is told another time.
      const rest = fresh.slice(done);
      for (const { key, text } of rest) told.get(key)?.delete(text);
      return rest.map(({ key }) => key);
    },
  };
}

interface News {
  readonly key: string;
  readonly object: ClusterObject;
  readonly diagnostic: Diagnostic;
  /** What tells it from others. */
  readonly text: string;
}

/** What is to be told of an object; from then on it is told. */
function newsOf({ key, object, problems }: Looked, told: Map<string, Set<string>>): readonly News[] {
  const before = told.get(key);
  if (!object || problems.length === 0) {
    told.delete(key);
    return [];
  }
  const current = new Map(problems.map((diagnostic) => [textOf(object, diagnostic), diagnostic]));
  told.set(key, new Set(current.keys()));
  return [...current].flatMap(([text, diagnostic]) => (before?.has(text) ? [] : { key, object, diagnostic, text }));
}

function textOf({ uid }: ClusterObject, { code, at, message }: Diagnostic): string {
  return `${uid} ${code} ${at.path} ${message}`;
}

function eventOf({ diagnostic, object: { raw, uid } }: News): ObjectEvent {
  const { code, severity, at, message, traffic, hint } = diagnostic;
  const said = [at.path, message, traffic, hint].filter((part) => part !== undefined && part !== "").join(" — ");
  return {
    about: { ref: raw.ref, version: raw.version, uid },
    type: "Warning",
    reason: severity === "error" ? "Error" : "Warning",
    message: said,
    component,
    identity: `${code} ${at.path} ${message}`,
  };
}
