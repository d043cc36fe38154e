/**
 * Tells about problems by Events, which `kubectl describe` shows: one for each problem of an object, counted up when
 * the same is told again.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import { errorFields, type Log } from "#base/log.ts";
import { refKey } from "#base/origin.ts";
import type { Client } from "../kube/client.ts";
import { type ObjectEvent, recordEvent } from "../kube/event.ts";
import { isOutside } from "../kube/outside.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";

/** Writes Events. */
export interface EventWriter {
  /** Tells what is new of all that is wrong now. */
  tell(all: readonly Diagnostic[], objects: ReadonlyMap<string, ClusterObject>, signal: AbortSignal): Promise<void>;
}

const component = "dragoman";
const mostAtOnce = 100;
const quietMs = 60_000;

/** Opens a writer; `now` gives ISO times. */
export function openEventWriter(client: Client, log: Log, now: () => string): EventWriter {
  let told = new Set<string>();
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
    async tell(all, objects, signal) {
      const current = new Map(all.flatMap((diagnostic) => entryOf(diagnostic, objects)));
      const fresh = [...current].filter(([key]) => !told.has(key)).slice(0, mostAtOnce);
      told = new Set(current.keys());
      try {
        while (fresh[0] && performance.now() >= quietUntil) {
          await recordEvent(client, eventOf(fresh[0][1]), now(), signal);
          fresh.shift();
          isFailing = false;
        }
      } catch (error) {
        if (!signal.aborted) fail(error);
      }
      // The rest is told another time.
      for (const [key] of fresh) told.delete(key);
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
