/**
 * Everything that objects are read from, as one: files, a cluster, or both. Edits begin when each source has read all
 * that it has, so that nothing is ever compiled that lacks a part; after that they are passed on as they come.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Locate } from "#base/render-diagnostic.ts";
import { type CompilerEdit, isKnownKind, type RawObject, type Settings } from "#compiler";
import { watchFiles } from "./sources/files/files.ts";
import { type KubernetesOptions, watchKubernetes } from "./sources/kubernetes/kubernetes.ts";
import type { ClusterObject } from "./sources/kubernetes/object.ts";
import type { WatchStatistics } from "./sources/kubernetes/watch-statistics.ts";

/** What to read, and whom to tell. */
export interface ObserveOptions {
  /** Files, directories, `-`. */
  readonly paths: readonly string[];
  /** A cluster to watch. */
  readonly cluster?: KubernetesOptions | undefined;
  readonly settings: Settings;
  /** Something has changed; the first call brings everything. */
  readonly onChange: (edits: readonly CompilerEdit[], diagnosticsChanged: boolean) => void;
}

/** Sources that are being watched. */
export interface Observed {
  readonly locate: Locate;
  diagnostics(): readonly Diagnostic[];
  /** A cluster's objects as they were last seen, by key. */
  readonly objects: ReadonlyMap<string, ClusterObject>;
  /** Tells which Secrets are referred to. While their data is on its way, resolves when there is news of it. */
  wantSecrets(keys: ReadonlySet<string>): Promise<void> | undefined;
  /** How the kinds of a cluster are followed. */
  watches(): ReadonlyMap<string, WatchStatistics>;
  /** Looks at the files again now; resolves when what was found is delivered. */
  rescan(): Promise<void>;
  close(): Promise<void>;
  /** Rejects when watching ended because of a bug; resolves when closed. */
  readonly done: Promise<unknown>;
}

interface Batch {
  readonly edits: readonly { readonly key: string; readonly value?: RawObject }[];
  readonly diagnostics: readonly Diagnostic[];
  readonly diagnosticsChanged: boolean;
}

type Source = "files" | "cluster";

/** Starts to read and to watch. */
export async function observe(options: ObserveOptions): Promise<Observed> {
  const { paths, cluster, settings } = options;
  const reads: readonly Source[] = [
    ...(paths.length > 0 ? (["files"] as const) : []),
    ...(cluster ? (["cluster"] as const) : []),
  ];
  const said = new Map<Source, readonly Diagnostic[]>();
  let early: CompilerEdit[] | undefined = [];
  let readsEndpoints = true;

  function take(source: Source, batch: Batch, more: readonly CompilerEdit[] = []): void {
    said.set(source, batch.diagnostics);
    const edits = [...batch.edits.map(({ key, value }) => ({ kind: "object", key, value }) as const), ...more];
    if (!early) {
      options.onChange(edits, batch.diagnosticsChanged);
      return;
    }
    for (const edit of edits) early.push(edit);
    if (said.size < reads.length) return;
    const all = early;
    early = undefined;
    options.onChange(all, true);
  }

  /** Without endpoints, Services are reached by their cluster addresses. */
  function endpointsSetting(reads: boolean): CompilerEdit[] {
    if (reads === readsEndpoints) return [];
    readsEndpoints = reads;
    return [{ kind: "settings", value: { ...settings, disableEndpoints: settings.disableEndpoints || !reads } }];
  }

  const files =
    paths.length === 0
      ? undefined
      : await watchFiles(paths, (batch) => take("files", batch), { isKnownKind, defaultNamespace: settings.namespace });
  const watcher =
    cluster && watchKubernetes(cluster, (batch) => take("cluster", batch, endpointsSetting(batch.readsEndpoints)));
  return {
    locate: (origin) => files?.locate(origin),
    diagnostics: () => [...said.values()].flat(),
    objects: watcher?.objects ?? new Map(),
    wantSecrets: (keys) => watcher?.wantSecrets(keys),
    watches: () => watcher?.statistics() ?? new Map(),
    rescan: async () => files?.rescan(),
    async close() {
      await watcher?.close();
      await files?.close();
    },
    done: Promise.race([files?.done, watcher?.done].filter((done) => done !== undefined)),
  };
}
