/**
 * Lists a collection in pages, for servers that do not stream lists.
 */

import { type Fields, fieldsOf, list, text } from "#base/fields.ts";
import type { ApiRequest, Client } from "./client.ts";
import { isExpired } from "./failure.ts";

/** A whole list, and the version to watch it from. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** An object may have 1.5 MB, so that a page is never too large for memory. */
const pageSize = 100;
const mostRenewals = 3;

/** All items, each as `keep` makes it. A list whose pages expire meanwhile begins anew. */
export async function listPages<T>(
  client: Client,
  request: Pick<ApiRequest, "path" | "query" | "signal">,
  keep: (item: Fields) => T,
): Promise<Listed<T>> {
  for (let renewals = 0; ; renewals++) {
    try {
      return await listOnce(client, request, keep);
    } catch (error) {
      if (!isExpired(error) || renewals === mostRenewals) throw error;
    }
  }
}

async function listOnce<T>(
  client: Client,
  request: Pick<ApiRequest, "path" | "query" | "signal">,
  keep: (item: Fields) => T,
): Promise<Listed<T>> {
  const items: T[] = [];
  let next: string | undefined;
  for (;;) {
    const query = { ...request.query, limit: pageSize, continue: next };
    const page = fieldsOf(await client.ask({ ...request, query }));
    for (const item of list(page, "items")) items.push(keep(item));
    const metadata = fieldsOf(page["metadata"]);
    next = text(metadata, "continue");
    if (next === undefined) return { items, resourceVersion: text(metadata, "resourceVersion") ?? "" };
  }
}
