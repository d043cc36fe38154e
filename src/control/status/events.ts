/**
 * Tells about problems by Events, which `kubectl describe` shows: one for each problem of an object, counted up when
 * the same is told again.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import { errorFields, type Log } from "#base/log.ts";
import { refKey } from "#base/origin.ts";
import type { Client } from "../kube/client.ts";
import { type ObjectEvent, recordEvent } from "../kube/event.ts";
import { ApiFailure, NoAnswer } from "../kube/failure.ts";
import type { ClusterObject } from "../sources/kubernetes-object.ts";

/** Writes Events. */
export interface EventWriter {
  /** Tells what is new of all that is wrong now. */
  tell(all: readonly Diagnostic[], objects: ReadonlyMap<string, ClusterObject>, signal: AbortSignal): Promise<void>;
}

const component = "dragoman";
const mostAtOnce = 100;

/** Opens a writer; `now` gives ISO times. */
export function openEventWriter(client: Client, log: Log, now: () => string): EventWriter {
  let told = new Set<string>();
  let mayTell = true;

  return {
    async tell(all, objects, signal) {
      const current = new Map(all.flatMap((diagnostic) => entryOf(diagnostic, objects)));
      const fresh = [...current].flatMap(([key, entry]) => (told.has(key) ? [] : [entry]));
      told = new Set(current.keys());
      if (!mayTell) return;
      try {
        for (const entry of fresh.slice(0, mostAtOnce)) {
          await recordEvent(client, eventOf(entry), now(), signal);
        }
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ApiFailure || error instanceof NoAnswer)) throw error;
        mayTell = !(error instanceof ApiFailure && error.status === 403);
        const more = mayTell ? "" : "; problems are only logged";
        log("warning", `events cannot be written${more}`, errorFields(error));
      }
    },
  };
}

interface Told {
  readonly diagnostic: Diagnostic;
  readonly object: ClusterObject;
}

function entryOf(diagnostic: Diagnostic, objects: ReadonlyMap<string, ClusterObject>): (readonly [string, Told])[] {
  if (diagnostic.severity === "notice") return [];
  const object = objects.get(refKey(diagnostic.at.ref));
  if (!object) return [];
  return [[`${object.uid} ${diagnostic.code} ${diagnostic.at.path} ${diagnostic.message}`, { diagnostic, object }]];
}

function eventOf({ diagnostic, object: { raw, uid } }: Told): ObjectEvent {
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
