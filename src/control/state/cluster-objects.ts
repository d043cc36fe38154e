/**
 * The ConfigMaps `dragoman-last-good-<n>` (`dragoman-last-good-<id>-<n>` of an instance with an AMBASSADOR_ID) and the
 * Secrets of the same names that hold an instance's state: each object is a bin of texts, and is written when its
 * texts have changed.
 */
import { type Fields, fieldsOf, list, text } from "#base/fields.ts";
import type { Client } from "../kube/client.ts";
import { ApiFailure } from "../kube/failure.ts";
import { type ApiResource, collectionPath, objectPath, secrets } from "../kube/resource.ts";
import { type Bin, fillBins } from "./bins.ts";

/** The objects of one instance. */
export interface StateObjects {
  readonly client: Pick<Client, "ask">;
  readonly namespace: string;
  /** The instance's id in names and labels. */
  readonly instance: string;
  /** As they were read or written last. */
  readonly stored: Map<ApiResource, readonly Bin[]>;
}

const instanceLabel = "dragoman.io/last-good-of";

/** Reads the texts in all objects of a kind. */
export async function readTexts(
  objects: StateObjects,
  resource: ApiResource,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { client, namespace, instance, stored } = objects;
  const query = { labelSelector: `${instanceLabel}=${instance}` };
  const request = { path: collectionPath(resource, namespace), query, attempts: 5, signal };
  const found = fieldsOf(await client.ask(request));
  const bins = list(found, "items").flatMap((item) => binOf(item, resource, prefixOf(objects)));
  stored.set(resource, bins);
  return bins.flatMap(({ entries }) => [...entries.values()]);
}

/** Makes the objects of a kind hold these texts, by key. */
export async function writeTexts(
  objects: StateObjects,
  resource: ApiResource,
  texts: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const before = objects.stored.get(resource) ?? [];
  const after = fillBins(before, texts);
  for (const bin of after) {
    const same = before.find(({ number }) => number === bin.number);
    if (!same || !isEqual(same.entries, bin.entries)) await writeBin(objects, resource, bin, signal);
  }
  objects.stored.set(
    resource,
    after.filter(({ entries }) => entries.size > 0),
  );
}

async function writeBin(objects: StateObjects, resource: ApiResource, bin: Bin, signal: AbortSignal): Promise<void> {
  const { client, namespace, instance } = objects;
  const name = `${prefixOf(objects)}${bin.number}`;
  const request = { path: objectPath(resource, { namespace, name }), attempts: 3, signal };
  if (bin.entries.size === 0) {
    await client.ask({ ...request, method: "DELETE" }).catch(ignoreMissing);
    return;
  }
  const query = { fieldManager: "dragoman", force: true };
  const contentType = "application/apply-patch+yaml";
  const body = manifest(resource, { namespace, name, instance }, bin);
  await client.ask({ ...request, method: "PATCH", query, contentType, body });
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ApiFailure && error.status === 404)) throw error;
}

function prefixOf({ instance }: StateObjects): string {
  return instance === "default" ? "dragoman-last-good-" : `dragoman-last-good-${instance}-`;
}

function binOf(item: Fields, resource: ApiResource, prefix: string): readonly Bin[] {
  const number = Number(text(fieldsOf(item["metadata"]), "name")?.slice(prefix.length));
  if (!Number.isInteger(number)) return [];
  const decode = (value: unknown) =>
    resource === secrets ? Buffer.from(String(value), "base64").toString("utf8") : String(value);
  const entries = Object.entries(fieldsOf(item["data"])).map(([key, value]) => [key, decode(value)] as const);
  return [{ number, entries: new Map(entries) }];
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
