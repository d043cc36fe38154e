/**
 * REPORT to a cluster: while this replica leads, statuses and events follow what the compiler and Envoy say. Nothing
 * of it is on the way of an edit to Envoy: a report waits for a moment of quiet, and for Envoy's acknowledgement.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Log } from "#base/log.ts";
import { refKey } from "#base/origin.ts";
import type { Compiler } from "#compiler";
import type { CertificateLeader } from "../certificates.ts";
import type { Client } from "../kube/client.ts";
import type { ClusterObject } from "../sources/kubernetes-object.ts";
import { ownService } from "../sources/own-service.ts";
import { statusChange } from "./desired.ts";
import { openEventWriter } from "./events.ts";
import { openStatusWriter, type StatusWrite } from "./writer.ts";

/** What a reporter looks at. */
export interface ReporterOptions {
  readonly client: Client;
  readonly compiler: Compiler;
  /** A cluster's objects as they were last seen, by `refKey`. */
  readonly objects: () => ReadonlyMap<string, ClusterObject>;
  /** The instance's own namespace. */
  readonly namespace: string;
  readonly updateMappings: boolean;
  /** Who looks after certificates, if anybody does. */
  readonly certificates?: Pick<CertificateLeader, "status"> | undefined;
  diagnostics(): readonly Diagnostic[];
  /** Resolves when Envoy has acknowledged everything so far. */
  served(): Promise<void>;
  readonly log: Log;
}

/** Reports. */
export interface Reporter {
  /** Something may have changed. */
  wake(): void;
  /** Reports until the signal: this replica leads. */
  lead(signal: AbortSignal): Promise<void>;
}

const quietMs = 200;
/** An Envoy that does not answer must not keep people from reading what is wrong. */
const servedWithinMs = 5000;
/** Looks for what nobody told of: a status that somebody else has changed. */
const lookAgainMs = 30_000;

/** Opens a reporter. */
export function openReporter(options: ReporterOptions): Reporter {
  const { client, log, served } = options;
  const writer = openStatusWriter(client, log);
  const events = openEventWriter(client, log, () => new Date().toISOString());
  let wake = Promise.withResolvers<void>();

  return {
    wake: () => wake.resolve(),
    async lead(signal) {
      while (!signal.aborted) {
        await unlessAborted(signal, Promise.race([wake.promise, pause(lookAgainMs, undefined, { signal })]));
        wake = Promise.withResolvers<void>();
        await unlessAborted(signal, pause(quietMs, undefined, { signal }));
        await unlessAborted(signal, Promise.race([served(), pause(servedWithinMs, undefined, { signal })]));
        if (signal.aborted) return;
        const diagnostics = options.diagnostics();
        await writer.write(changes(options, diagnostics), signal);
        await events.tell(diagnostics, options.objects(), signal);
      }
    },
  };
}

/** Every status that is not as it should be. */
function changes(options: ReporterOptions, diagnostics: readonly Diagnostic[]): readonly StatusWrite[] {
  const { compiler, namespace, updateMappings, certificates } = options;
  const objects = options.objects();
  const errors = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    if (diagnostic.severity !== "error") continue;
    const key = refKey(diagnostic.at.ref);
    const known = errors.get(key);
    if (known) known.push(diagnostic);
    else errors.set(key, [diagnostic]);
  }
  const context = {
    now: new Date().toISOString(),
    updateMappings,
    service: ownService(objects.values(), namespace),
  };
  return Array.from(objects, ([key, object]) => {
    const certificate = object.raw.ref.kind === "Host" ? certificates?.status(object) : undefined;
    const standing = { errors: errors.get(key) ?? [], isOurs: isOurs(compiler, key, object), certificate };
    const change = statusChange(object, standing, context);
    return change && { object, change };
  }).filter((write) => write !== undefined);
}

/** An Ingress of Kubernetes is ours by its class, and all others by what they say of themselves. */
function isOurs({ declared }: Compiler, key: string, { raw }: ClusterObject): boolean {
  const isIngress = raw.ref.kind === "Ingress" && raw.ref.group === "networking.k8s.io";
  const accepted = isIngress ? declared.ingresses : declared.objects.admitted;
  return accepted.get(key) !== undefined;
}

async function unlessAborted(signal: AbortSignal, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
