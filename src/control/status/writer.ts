/**
 * Writes statuses: a few at once, each object's one after the other, and never in a circle with somebody else who
 * writes the same fields.
 */
import { createBackOff } from "#base/back-off.ts";
import { errorFields, type Log } from "#base/log.ts";
import { formatRef } from "#base/origin.ts";
import type { Client } from "../kube/client.ts";
import { ApiFailure, isPassing } from "../kube/failure.ts";
import { isOutside } from "../kube/outside.ts";
import { objectPath } from "../kube/resource.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import type { DesiredStatus } from "./standing.ts";

/** A status to write. */
export interface StatusWrite {
  readonly object: ClusterObject;
  readonly change: DesiredStatus;
}

/** Writes. */
export interface StatusWriter {
  /** Resolves when all are written, refused or put off; never rejects because of the server. */
  write(writes: readonly StatusWrite[], signal: AbortSignal): Promise<void>;
  /** Whether some were put off because the server was away or too busy. */
  readonly owes: boolean;
}

const atOnce = 8;
/** Whoever has to write the same thing this often within a minute does not write alone. */
const mostPerMinute = 5;
const putOffMs = 300_000;
const minuteMs = 60_000;
const absence = { shortestMs: 1000, longestMs: 30_000, healthyMs: Number.POSITIVE_INFINITY };

interface History {
  times: number[];
  quietUntil: number;
  /** The version of the object that was there when it was written last. */
  over: string;
}

/** What a writer knows of what it has written. */
interface Writing {
  readonly client: Client;
  readonly log: Log;
  readonly clock: () => number;
  readonly history: Map<string, History>;
  /** Kinds of which it is told that they may not be written. */
  readonly forbidden: Set<string>;
  /** Kinds that have been written. */
  readonly written: Set<string>;
  /** Kinds that cannot be written, and until when that is believed. */
  readonly lackingUntil: Map<string, number>;
  readonly away: Absence;
}

/** Opens a writer; `clock` gives ms. */
export function openStatusWriter(client: Client, log: Log, clock = () => performance.now()): StatusWriter {
  const writing: Writing = {
    ...{ client, log, clock },
    history: new Map(),
    forbidden: new Set(),
    written: new Set(),
    lackingUntil: new Map(),
    away: createAbsence(log, clock),
  };
  let owes = false;
  return {
    async write(writes, signal) {
      const queue = [...writes].reverse();
      const work = async () => {
        while (!signal.aborted && !writing.away.isNow()) {
          const next = queue.pop();
          if (!next) return;
          if (mayWrite(writing, next)) await writeOne(writing, next, signal);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, work));
      owes = writes.length > 0 && writing.away.isNow();
      forget(writing.history, clock());
    },
    get owes() {
      return owes;
    },
  };
}

/** Whether it may be written now; remembers that it is. */
function mayWrite({ clock, lackingUntil, history, log }: Writing, { object, change }: StatusWrite): boolean {
  const now = clock();
  if (now < (lackingUntil.get(object.resource.kind) ?? 0)) return false;
  const key = keyOf({ object, change });
  const known = history.get(key) ?? { times: [], quietUntil: 0, over: "" };
  // What was written over this version will be seen.
  if (now < known.quietUntil || known.over === object.resourceVersion) return false;
  known.over = object.resourceVersion;
  known.times = [...known.times.filter((time) => now - time < minuteMs), now];
  history.set(key, known);
  if (known.times.length <= mostPerMinute) return true;
  known.quietUntil = now + putOffMs;
  log("warning", `${formatRef(object.raw.ref)}: somebody else keeps writing its status; ours waits five minutes`);
  return false;
}

async function writeOne(writing: Writing, write: StatusWrite, signal: AbortSignal): Promise<void> {
  const { client, history, forbidden, written, away } = writing;
  const { resource, raw } = write.object;
  try {
    await client.ask({
      method: "PATCH",
      path: objectPath(resource, raw.ref, "status"),
      contentType: "application/merge-patch+json",
      body: { status: write.change },
      signal,
    });
    written.add(resource.kind);
    forbidden.delete(resource.kind);
    away.over();
  } catch (error) {
    const known = history.get(keyOf(write));
    if (known) known.over = "";
    if (signal.aborted) return;
    if (!isOutside(error)) throw error;
    if (error instanceof ApiFailure && !isPassing(error)) noteRefusal(writing, write, error);
    else {
      // Nobody went round in a circle.
      known?.times.pop();
      away.begin(error);
    }
  }
}

/** The server takes none of that kind, or not this one. */
function noteRefusal(writing: Writing, { object: { resource, raw } }: StatusWrite, error: ApiFailure): void {
  const { clock, log, forbidden, written, lackingUntil } = writing;
  // Rights may come, also because the server has only just begun.
  const isForbidden = error.status === 403;
  const isTold = isForbidden && forbidden.has(resource.kind);
  if (isForbidden) forbidden.add(resource.kind);
  // Without the sub-resource, or the object, there is nothing to say it in: the server does not tell which it is.
  const isGone = error.status === 404;
  const isLacking = isForbidden || (isGone && !written.has(resource.kind));
  if (isLacking) lackingUntil.set(resource.kind, clock() + minuteMs);
  if (!isGone && !isTold) log("warning", `the status of ${formatRef(raw.ref)} cannot be written`, errorFields(error));
}

/** How long nothing is written, because the server is away. */
interface Absence {
  isNow(): boolean;
  begin(error: Error): void;
  over(): void;
}

/** A server that is away or too busy: one line, and longer and longer until the next attempt. */
function createAbsence(log: Log, clock: () => number): Absence {
  let backOff = createBackOff(absence, Math.random);
  let until: number | undefined;
  const isNow = (): boolean => until !== undefined && clock() < until;
  return {
    isNow,
    begin(error) {
      if (isNow()) return;
      if (until === undefined) log("warning", "statuses cannot be written for now", errorFields(error));
      const asked = error instanceof ApiFailure ? (error.retryAfterMs ?? 0) : 0;
      until = clock() + Math.max(asked, backOff.next(0));
    },
    over() {
      until = undefined;
      backOff = createBackOff(absence, Math.random);
    },
  };
}

/** What was written to an object that says the same of itself as now; edits of it are no circle. */
function keyOf({ object, change }: StatusWrite): string {
  return `${object.uid} ${object.generation} ${said(change)}`;
}

/** What is said, but not when it is said. */
function said(change: DesiredStatus): string {
  return JSON.stringify(change, (name, value: unknown) => (/Time(?:stamp)?$/.test(name) ? undefined : value));
}

/** Objects come and go; what was last written long ago need not be remembered. */
function forget(history: Map<string, History>, now: number): void {
  for (const [uid, { times, quietUntil }] of history) {
    if (now > quietUntil && now - (times.at(-1) ?? 0) > minuteMs) history.delete(uid);
  }
}
