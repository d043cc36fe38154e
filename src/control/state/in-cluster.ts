/**
 * What must outlive the process, kept in the cluster: one entry for each object in ConfigMaps
 * `dragoman-last-good-<n>` (`dragoman-last-good-<id>-<n>` of an instance with an AMBASSADOR_ID), and those of Secrets
 * in Secrets of that name. The leader writes; all read before they serve, so that a new replica goes on with the same
 * last good versions.
 */
import { createHash } from "node:crypto";
import { createBackOff } from "#base/back-off.ts";
import { type Fields, fieldsOf, list, text, valueOfJson } from "#base/fields.ts";
import { errorFields, type Log } from "#base/log.ts";
import type { LastGood, Refusal } from "#compiler";
import type { Client } from "../kube/client.ts";
import { ApiFailure, isPassing } from "../kube/failure.ts";
import { instanceName } from "../kube/instance-name.ts";
import { isOutside } from "../kube/outside.ts";
import { type ApiResource, collectionPath, objectPath } from "../kube/resource.ts";
import { type Bin, fillBins } from "./bins.ts";
import { isLastGood, isRefusal } from "./entry.ts";
import type { State, StateFile } from "./file.ts";

/** The state, which is written while this replica leads. */
export interface ClusterState extends StateFile {
  /** Writes what there is and what comes, until the signal. */
  lead(signal: AbortSignal): Promise<void>;
}

const configMaps: ApiResource = { group: "", version: "v1", plural: "configmaps", kind: "ConfigMap", namespaced: true };
const secrets: ApiResource = { group: "", version: "v1", plural: "secrets", kind: "Secret", namespaced: true };
const instanceLabel = "dragoman.io/last-good-of";
const retries = { shortestMs: 5_000, longestMs: 60_000, healthyMs: Number.POSITIVE_INFINITY };

/** One entry as it is stored. */
type Entry =
  | { readonly kind: "lastGood"; readonly key: string; readonly value: LastGood }
  | { readonly kind: "refusal"; readonly key: string; readonly value: Refusal };

/** Whose state it is, and until when it is asked for. */
export interface ClusterStateOptions {
  readonly client: Pick<Client, "ask">;
  /** The instance's own. */
  readonly namespace: string;
  readonly ambassadorId: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The state of an instance, in its own namespace. */
export function openClusterState(options: ClusterStateOptions): ClusterState {
  const { client, namespace, ambassadorId, log } = options;
  const instance = instanceName(ambassadorId);
  const prefix = instance === "default" ? "dragoman-last-good-" : `dragoman-last-good-${instance}-`;
  const stored = new Map<ApiResource, readonly Bin[]>();
  let newest: State | undefined;
  let leading: AbortSignal | undefined;
  let writing: Promise<void> | undefined;
  let backOff = createBackOff(retries, Math.random);
  let willTryAgain = false;

  async function readAll(resource: ApiResource): Promise<Entry[]> {
    const query = { labelSelector: `${instanceLabel}=${instance}` };
    const request = { path: collectionPath(resource, namespace), query, attempts: 5, signal: options.signal };
    const found = fieldsOf(await client.ask(request));
    const bins = list(found, "items").flatMap((item) => binOf(item, resource, prefix));
    stored.set(resource, bins);
    return bins.flatMap(({ entries }) => [...entries.values()]).flatMap(parse);
  }

  /** Makes the stored objects of a resource hold these entries. */
  async function store(
    resource: ApiResource,
    entries: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<void> {
    const before = stored.get(resource) ?? [];
    const after = fillBins(before, entries);
    for (const bin of after) {
      const same = before.find(({ number }) => number === bin.number);
      if (same && isEqual(same.entries, bin.entries)) continue;
      const name = `${prefix}${bin.number}`;
      const request = { path: objectPath(resource, { namespace, name }), attempts: 3, signal };
      if (bin.entries.size === 0) await client.ask({ ...request, method: "DELETE" }).catch(ignoreMissing);
      else {
        const query = { fieldManager: "dragoman", force: true };
        const contentType = "application/apply-patch+yaml";
        const body = manifest(resource, { namespace, name, instance }, bin);
        await client.ask({ ...request, method: "PATCH", query, contentType, body });
      }
    }
    stored.set(
      resource,
      after.filter(({ entries }) => entries.size > 0),
    );
  }

  async function writeAll(signal: AbortSignal): Promise<void> {
    while (newest && !signal.aborted) {
      const state = newest;
      newest = undefined;
      const entries = entriesOf(state);
      await store(secrets, textsOf(entries.filter(isSecret)), signal);
      await store(configMaps, textsOf(entries.filter((entry) => !isSecret(entry))), signal);
    }
    backOff = createBackOff(retries, Math.random);
  }

  /** One at a time, however often it fails; what comes in between is tried at once. */
  function tryAgain(): void {
    if (willTryAgain) return;
    willTryAgain = true;
    const again = (): void => {
      willTryAgain = false;
      flush().catch((error: unknown) =>
        log("error", "last good versions cannot be stored in the cluster, because of a bug", errorFields(error)),
      );
    };
    setTimeout(again, backOff.next(0)).unref();
  }

  /** Never rejects because of the server: what could not be written is tried again with what comes next. */
  function flush(): Promise<void> {
    const signal = leading;
    if (!signal || signal.aborted || writing) return writing ?? Promise.resolve();
    const state = newest;
    writing = writeAll(signal)
      .catch((error: unknown) => {
        if (signal.aborted) return;
        if (!isOutside(error)) throw error;
        newest ??= state;
        log("warning", "last good versions cannot be stored in the cluster", errorFields(error));
        if (!(error instanceof ApiFailure && error.status === 403)) tryAgain();
      })
      .finally(() => {
        writing = undefined;
      });
    return writing;
  }

  return {
    async read(say) {
      for (;;) {
        try {
          return stateOf([...(await readAll(configMaps)), ...(await readAll(secrets))]);
        } catch (error) {
          if (error instanceof ApiFailure && error.status === 403) {
            say(`last good versions live as long as this process: ${error.message}`);
            return stateOf([]);
          }
          // Whoever serves without them could take from traffic what it has.
          if (!isPassing(error)) throw error;
          log("warning", "waiting for the API server", errorFields(error));
        }
      }
    },
    write(state) {
      newest = state;
      return flush();
    },
    async lead(signal) {
      leading = signal;
      await flush();
    },
  };
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ApiFailure && error.status === 404)) throw error;
}

function isSecret(entry: Entry): boolean {
  return entry.kind === "lastGood" && entry.value.object.ref.kind === "Secret";
}

function entriesOf({ lastGood, refusals }: State): readonly Entry[] {
  return [
    ...Object.entries(lastGood).map(([key, value]) => ({ kind: "lastGood", key, value }) as const),
    ...Object.entries(refusals).map(([key, value]) => ({ kind: "refusal", key, value }) as const),
  ];
}

function stateOf(entries: readonly Entry[]): State {
  return {
    lastGood: Object.fromEntries(entries.flatMap((e) => (e.kind === "lastGood" ? [[e.key, e.value]] : []))),
    refusals: Object.fromEntries(entries.flatMap((e) => (e.kind === "refusal" ? [[e.key, e.value]] : []))),
  };
}

/** A key of data has few letters to choose from, so it is a hash. */
function textsOf(entries: readonly Entry[]): ReadonlyMap<string, string> {
  return new Map(
    entries.map((entry) => [
      createHash("sha256").update(`${entry.kind} ${entry.key}`).digest("hex").slice(0, 32),
      JSON.stringify(entry),
    ]),
  );
}

function binOf(item: Fields, resource: ApiResource, prefix: string): readonly Bin[] {
  const number = Number(text(fieldsOf(item["metadata"]), "name")?.slice(prefix.length));
  if (!Number.isInteger(number)) return [];
  const decode = (value: unknown) =>
    resource === secrets ? Buffer.from(String(value), "base64").toString("utf8") : String(value);
  const entries = Object.entries(fieldsOf(item["data"])).map(([key, value]) => [key, decode(value)] as const);
  return [{ number, entries: new Map(entries) }];
}

/** Somebody may have edited it: what is no entry is left out. */
function parse(content: string): readonly Entry[] {
  const { kind, key, value } = fieldsOf(valueOfJson(content));
  if (typeof key !== "string") return [];
  if (kind === "lastGood" && isLastGood(value)) return [{ kind, key, value }];
  return kind === "refusal" && isRefusal(value) ? [{ kind, key, value }] : [];
}

function manifest(
  resource: ApiResource,
  at: { readonly namespace: string; readonly name: string; readonly instance: string },
  { entries }: Bin,
): object {
  const metadata = { name: at.name, namespace: at.namespace, labels: { [instanceLabel]: at.instance } };
  const content = Object.fromEntries(entries);
  const data = resource === secrets ? { type: "Opaque", stringData: content } : { data: content };
  return { apiVersion: "v1", kind: resource.kind, metadata, ...data };
}

function isEqual(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}
