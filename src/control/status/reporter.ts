/**
 * REPORT to a cluster: while this replica leads, statuses and events follow what the compiler and Envoy say. Nothing
 * of it is on the way of an edit to Envoy: a report waits for a moment of quiet, and for Envoy's acknowledgement.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Log } from "#base/log.ts";
import { refKey } from "#base/origin.ts";
import type { Compiler, OwnServicePlace } from "#compiler";
import type { CertificateLeader } from "../certificates.ts";
import type { Client } from "../kube/client.ts";
import { pauseUnlessAborted, pauseUntil } from "../kube/pause.ts";
import type { Acknowledged } from "../replicas/acknowledged.ts";
import { type Folded, foldReplicas } from "../replicas/fold.ts";
import { type Others, openOthers } from "../replicas/others.ts";
import type { ReplicaPlace } from "../replicas/place.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import { ownService } from "../sources/kubernetes/own-service.ts";
import { statusChange } from "./desired.ts";
import { openEventWriter } from "./events.ts";
import { createWaiting, type Waiting } from "./waiting.ts";
import { openStatusWriter, type StatusWrite } from "./writer.ts";

/** What a reporter looks at. */
export interface ReporterOptions {
  readonly client: Client;
  readonly compiler: Compiler;
  /** A cluster's objects as they were last seen, by `refKey`. */
  readonly objects: () => ReadonlyMap<string, ClusterObject>;
  /** Where the instance is. */
  readonly place: ReplicaPlace;
  /** Where the gateway's own Service is. */
  readonly own: OwnServicePlace;
  /** This replica's name among them. */
  readonly replica: string;
  readonly updateMappings: boolean;
  /** Who looks after certificates, if anybody does. */
  readonly certificates?: Pick<CertificateLeader, "status"> | undefined;
  diagnostics(): readonly Diagnostic[];
  /** By this replica's Envoy. */
  readonly acknowledged: Acknowledged;
  readonly log: Log;
}

/** Reports. */
export interface Reporter {
  /** Something may have changed. */
  wake(): void;
  /** Reports until the signal: this replica leads. */
  lead(signal: AbortSignal): Promise<void>;
  /** Names of the other replicas that live, while this one leads. */
  others(): readonly string[];
}

const quietMs = 200;
/** How long objects are looked at before edits are. */
const sliceMs = 5;
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
  const events = openEventWriter(client, log, () => new Date().toISOString());
  const waiting = createWaiting(log);
  let woken = Promise.withResolvers<void>();
  let live: Others["live"] = () => [];
  let restMs = quietMs;

  async function look(others: Others, signal: AbortSignal): Promise<void> {
    const isSoon = waiting.size > 0 || writer.owes;
    await pauseUntil(woken.promise, isSoon ? lookSoonMs : lookAgainMs, signal);
    woken = Promise.withResolvers();
    await pauseUnlessAborted(restMs, signal);
    await pauseUntil(Promise.all([acknowledged.refresh(), others.known]), servedWithinMs, signal);
    if (signal.aborted) return;
    const own = { name: replica, acknowledged: acknowledged.now().versions, refusals: [] };
    const folded = foldReplicas([own, ...others.live()]);
    const begun = performance.now();
    const { writes, diagnostics } = await survey(options, folded, waiting);
    restMs = Math.min(Math.max(quietMs, (performance.now() - begun) / mostShare), longestRestMs);
    await writer.write(writes, signal);
    await events.tell(diagnostics, options.objects(), signal);
  }

  return {
    wake: () => woken.resolve(),
    others: () => live().map(({ name }) => name),
    async lead(signal) {
      const onChange = (isAsBefore: boolean): void => {
        if (!isAsBefore || waiting.size > 0) woken.resolve();
      };
      const others = openOthers({ client, place, self: replica, onChange, log });
      live = others.live;
      const reporting = async () => {
        while (!signal.aborted) await look(others, signal);
      };
      await Promise.all([others.follow(signal), reporting()]);
    },
  };
}

interface Survey {
  /** Every status that is not as it should be. */
  readonly writes: readonly StatusWrite[];
  /** What is wrong here, and at other replicas. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Looks at all objects, in slices: they are many, and edits do not wait for them. */
async function survey(options: ReporterOptions, folded: Folded, waiting: Waiting): Promise<Survey> {
  const { compiler, updateMappings, certificates } = options;
  const objects = options.objects();
  const diagnostics = [...options.diagnostics()];
  const errors = errorsByObject(diagnostics);
  const service = ownService(objects.values(), options.own);
  const context = { now: new Date().toISOString(), updateMappings, service };
  const writes: StatusWrite[] = [];
  waiting.begin(performance.now());
  let until = performance.now() + sliceMs;
  for (const [key, object] of objects) {
    if (performance.now() > until) {
      await nextTurn();
      until = performance.now() + sliceMs;
    }
    const refused = folded.refused(object);
    const own = errors.get(key) ?? [];
    const isNew = refused && !own.some(({ code }) => code === refused.code);
    if (isNew) diagnostics.push(refused);
    const all = isNew ? [...own, refused] : own;
    const ours = isOurs(compiler, key, object);
    const certificate = object.raw.ref.kind === "Host" ? certificates?.status(object) : undefined;
    const isWell = all.length === 0 && (typeof certificate !== "object" || certificate.state === "Ready");
    const late = isWell && ours ? folded.behind(object) : [];
    const behind = late.length > 0 ? waiting.note(key, object, late) : late;
    if (!behind) continue;
    const change = statusChange(object, { errors: all, isOurs: ours, certificate, behind }, context);
    if (change) writes.push({ object, change });
  }
  waiting.end();
  return { writes, diagnostics };
}

function errorsByObject(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, readonly Diagnostic[]> {
  const errors = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    if (diagnostic.severity !== "error") continue;
    const key = refKey(diagnostic.at.ref);
    const known = errors.get(key);
    if (known) known.push(diagnostic);
    else errors.set(key, [diagnostic]);
  }
  return errors;
}

/** An Ingress of Kubernetes is ours by its class, and all others by what they say of themselves. */
function isOurs({ declared }: Compiler, key: string, { raw }: ClusterObject): boolean {
  const isIngress = raw.ref.kind === "Ingress" && raw.ref.group === "networking.k8s.io";
  const accepted = isIngress ? declared.ingresses : declared.objects.admitted;
  return accepted.get(key) !== undefined;
}
