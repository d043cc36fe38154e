/**
 * Events, which `kubectl describe` shows beside their object: one for each thing that is told, counted up when the
 * same is told again.
 */
import { createHash } from "node:crypto";
import { fieldsOf } from "#base/fields.ts";
import type { ResourceRef } from "#base/origin.ts";
import type { Client } from "./client.ts";
import { ApiFailure } from "./failure.ts";
import { type ApiResource, collectionPath, objectPath } from "./resource.ts";

/** What is told of an object. */
export interface ObjectEvent {
  readonly about: { readonly ref: ResourceRef; readonly version: string; readonly uid: string };
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  /** Who tells it. */
  readonly component: string;
  /** What makes it the same as another one, where that is not its message. */
  readonly identity?: string;
}

const events: ApiResource = { group: "", version: "v1", plural: "events", kind: "Event", namespaced: true };
const longestMessage = 1024;

/** Tells it; `time` is an ISO time. Rejects as the client does. */
export async function recordEvent(
  client: Client,
  event: ObjectEvent,
  time: string,
  signal: AbortSignal,
): Promise<void> {
  const body = eventOf(event, time);
  const at = body.metadata;
  try {
    await client.ask({ method: "POST", path: collectionPath(events, at.namespace), body, signal });
  } catch (error) {
    if (!(error instanceof ApiFailure && error.status === 409)) throw error;
    const path = objectPath(events, at);
    const { count } = fieldsOf(await client.ask({ path, signal }));
    const more = { count: typeof count === "number" ? count + 1 : 2, lastTimestamp: time };
    await client.ask({ method: "PATCH", path, contentType: "application/merge-patch+json", body: more, signal });
  }
}

function eventOf({ about, type, reason, message, component, identity = message }: ObjectEvent, time: string) {
  const { ref, version, uid } = about;
  const hash = createHash("sha256").update(`${uid} ${identity}`).digest("hex").slice(0, 16);
  return {
    apiVersion: "v1",
    kind: "Event",
    // Events of cluster-scoped objects stand in the default namespace.
    metadata: { name: `${ref.name.slice(0, 200)}.${hash}`, namespace: ref.namespace || "default" },
    involvedObject: {
      apiVersion: ref.group === "" ? version : `${ref.group}/${version}`,
      kind: ref.kind,
      name: ref.name,
      namespace: ref.namespace,
      uid,
    },
    type,
    reason,
    message: message.slice(0, longestMessage),
    source: { component },
    reportingComponent: component,
    reportingInstance: component,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}
