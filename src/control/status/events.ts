/**
 * Tells about problems by Events, which `kubectl describe` shows: one for each problem of an object, counted up when
 * the same is told again.
 */
import { createHash } from "node:crypto";
import type { Diagnostic } from "#base/diagnostic.ts";
import { type Fields, fieldsOf } from "#base/fields.ts";
import { errorFields, type Log } from "#base/log.ts";
import { refKey } from "#base/origin.ts";
import type { Client } from "../kube/client.ts";
import { ApiFailure, NoAnswer } from "../kube/failure.ts";
import { type ApiResource, collectionPath, objectPath } from "../kube/resource.ts";
import type { ClusterObject } from "../sources/kubernetes-object.ts";

/** Writes Events. */
export interface EventWriter {
  /** Tells what is new of all that is wrong now. */
  tell(all: readonly Diagnostic[], objects: ReadonlyMap<string, ClusterObject>, signal: AbortSignal): Promise<void>;
}

const events: ApiResource = { group: "", version: "v1", plural: "events", kind: "Event", namespaced: true };
const component = "dragoman";
const mostAtOnce = 100;
const longestMessage = 1024;

/** Opens a writer; `now` gives ISO times. */
export function openEventWriter(client: Client, log: Log, now: () => string): EventWriter {
  let told = new Set<string>();
  let mayTell = true;

  async function tellOne({ diagnostic, object }: Told, signal: AbortSignal): Promise<void> {
    const event = eventOf(diagnostic, object, now());
    const at = { namespace: String(event.metadata.namespace), name: String(event.metadata.name) };
    try {
      await client.ask({ method: "POST", path: collectionPath(events, at.namespace), body: event, signal });
    } catch (error) {
      if (!(error instanceof ApiFailure && error.status === 409)) throw error;
      await countUp(client, at, event.lastTimestamp, signal);
    }
  }

  return {
    async tell(all, objects, signal) {
      const current = new Map(all.flatMap((diagnostic) => entryOf(diagnostic, objects)));
      const fresh = [...current].flatMap(([key, entry]) => (told.has(key) ? [] : [entry]));
      told = new Set(current.keys());
      if (!mayTell) return;
      try {
        for (const entry of fresh.slice(0, mostAtOnce)) await tellOne(entry, signal);
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

function eventOf({ code, severity, at, message, traffic, hint }: Diagnostic, object: ClusterObject, time: string) {
  const { ref, version } = object.raw;
  const said = [at.path, message, traffic, hint].filter((part) => part !== undefined && part !== "").join(" — ");
  const name = createHash("sha256").update(`${object.uid} ${code} ${at.path} ${message}`).digest("hex").slice(0, 16);
  return {
    apiVersion: "v1",
    kind: "Event",
    // Events of cluster-scoped objects stand in the default namespace.
    metadata: { name: `${ref.name.slice(0, 200)}.${name}`, namespace: ref.namespace || "default" },
    involvedObject: {
      apiVersion: ref.group === "" ? version : `${ref.group}/${version}`,
      kind: ref.kind,
      name: ref.name,
      namespace: ref.namespace,
      uid: object.uid,
    },
    type: "Warning",
    reason: severity === "error" ? "Error" : "Warning",
    message: said.slice(0, longestMessage),
    source: { component },
    reportingComponent: component,
    reportingInstance: component,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

async function countUp(
  client: Client,
  at: { readonly namespace: string; readonly name: string },
  lastTimestamp: string,
  signal: AbortSignal,
): Promise<void> {
  const path = objectPath(events, at);
  const known: Fields = fieldsOf(await client.ask({ path, signal }));
  const count = typeof known["count"] === "number" ? known["count"] + 1 : 2;
  const contentType = "application/merge-patch+json";
  await client.ask({ method: "PATCH", path, contentType, body: { count, lastTimestamp }, signal });
}
